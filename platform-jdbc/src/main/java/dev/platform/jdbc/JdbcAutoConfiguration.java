package dev.platform.jdbc;

import io.micrometer.core.instrument.MeterRegistry;
import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/**
 * Cancels SQL when its gRPC call ends, for every {@link DataSource} bean. Off with {@code
 * platform.jdbc.cancel-with-call=false}.
 */
@AutoConfiguration
@ConditionalOnClass(DataSource.class)
@EnableConfigurationProperties(JdbcProperties.class)
public final class JdbcAutoConfiguration {

  @Bean
  @ConditionalOnBooleanProperty(name = "platform.jdbc.cancel-with-call", matchIfMissing = true)
  static CallBoundDataSources callBoundDataSources(ObjectProvider<MeterRegistry> meters) {
    return new CallBoundDataSources(meters);
  }
}
