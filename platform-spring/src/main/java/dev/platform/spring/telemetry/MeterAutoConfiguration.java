package dev.platform.spring.telemetry;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.config.MeterFilterReply;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/**
 * Bounds the meters per called service: a gateway that takes service names from its callers must
 * not fill the memory with meters.
 */
@AutoConfiguration
@EnableConfigurationProperties(MeterProperties.class)
public final class MeterAutoConfiguration {

  private static final Logger log = LoggerFactory.getLogger(MeterAutoConfiguration.class);

  @Bean
  MeterFilter platformServicesMeterFilter(MeterProperties properties) {
    return atMost(properties.maxServices(), "platform.", "service");
  }

  @Bean
  MeterFilter circuitBreakersMeterFilter(MeterProperties properties) {
    return atMost(properties.maxServices(), "resilience4j.", "name");
  }

  private static MeterFilter atMost(int max, String meters, String tag) {
    AtomicBoolean warned = new AtomicBoolean();
    return MeterFilter.maximumAllowableTags(
        meters,
        tag,
        max,
        new MeterFilter() {
          @Override
          public MeterFilterReply accept(Meter.Id id) {
            if (!warned.getAndSet(true)) {
              log.warn(
                  "There are {}* meters for {} values of \"{}\", further values have none"
                      + " (platform.telemetry.meters.max-services), such as {}",
                  meters,
                  max,
                  tag,
                  id.getTag(tag));
            }
            return MeterFilterReply.DENY;
          }
        });
  }
}
