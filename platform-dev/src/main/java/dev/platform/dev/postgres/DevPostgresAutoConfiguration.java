package dev.platform.dev.postgres;

import javax.sql.DataSource;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.JdbcConnectionDetails;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabaseType;

/** Starts a PostgreSQL for an app that uses JDBC and configures no database. */
@AutoConfiguration(before = DataSourceAutoConfiguration.class)
@ConditionalOnClass(EmbeddedDatabaseType.class)
@ConditionalOnProperty(name = "platform.dev.postgres.enabled", matchIfMissing = true)
@ConditionalOnMissingBean({DataSource.class, JdbcConnectionDetails.class})
@Conditional(OnMissingDataSourceUrl.class)
@EnableConfigurationProperties(DevPostgresProperties.class)
public final class DevPostgresAutoConfiguration {

  /** The connection pool depends on this bean indirectly, so it is closed before the server. */
  @Bean(destroyMethod = "close")
  DevPostgres platformDevPostgres(DevPostgresProperties properties) {
    return DevPostgres.start(properties);
  }

  @Bean
  JdbcConnectionDetails platformDevPostgresConnection(DevPostgres postgres) {
    return new DevPostgresConnection(postgres);
  }
}
