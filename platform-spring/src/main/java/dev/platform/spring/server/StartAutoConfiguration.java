package dev.platform.spring.server;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;

/** Gives back the memory that only the start needed, where {@code platform.start} asks for it. */
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
