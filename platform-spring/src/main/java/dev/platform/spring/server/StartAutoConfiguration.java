package dev.platform.spring.server;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;

/** Releases memory that only the start needed, if {@code platform.start} is set. */
@AutoConfiguration
@EnableConfigurationProperties(StartProperties.class)
public final class StartAutoConfiguration {

  /** Readiness, and with it the registration, follows this event. */
  @Bean
  @ConditionalOnBooleanProperty("platform.start.collect-garbage")
  ApplicationListener<ApplicationReadyEvent> startGarbageCollection() {
    return ready -> System.gc();
  }
}
