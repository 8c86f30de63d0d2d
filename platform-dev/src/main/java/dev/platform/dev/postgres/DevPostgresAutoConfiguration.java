package dev.platform.dev.postgres;

import java.util.Map;
import javax.sql.DataSource;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabaseType;

/**
 * Starts a PostgreSQL of its own for an app that uses JDBC and does not say where to. The app's
 * pool is led to it by properties: Boot's type for such details is another one on each line, as its
 * auto-configuration is, so both are called by name.
 */
@AutoConfiguration(
    beforeName = {
      "org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration",
      "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration"
    })
@ConditionalOnClass(EmbeddedDatabaseType.class)
@ConditionalOnProperty(name = "platform.dev.postgres.enabled", matchIfMissing = true)
@ConditionalOnMissingBean(
    value = DataSource.class,
    type = {
      "org.springframework.boot.autoconfigure.jdbc.JdbcConnectionDetails",
      "org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails"
    })
@Conditional(OnMissingDataSourceUrl.class)
@EnableConfigurationProperties(DevPostgresProperties.class)
public final class DevPostgresAutoConfiguration {

  @Bean(destroyMethod = "close")
  static DevPostgres platformDevPostgres(DevPostgresProperties properties) {
    return DevPostgres.start(properties);
  }

  /** Created before any other bean, it is there for the pool and closed after it. */
  @Bean
  static BeanFactoryPostProcessor platformDevPostgresFirst(ConfigurableEnvironment environment) {
    return factory ->
        environment.getPropertySources().addFirst(connection(factory.getBean(DevPostgres.class)));
  }

  private static MapPropertySource connection(DevPostgres postgres) {
    return new MapPropertySource(
        "platformDevPostgres",
        Map.of(
            "spring.datasource.url", postgres.jdbcUrl(DevPostgres.DEFAULT_DATABASE),
            "spring.datasource.username", DevPostgres.USERNAME,
            "spring.datasource.password", DevPostgres.PASSWORD));
  }
}
