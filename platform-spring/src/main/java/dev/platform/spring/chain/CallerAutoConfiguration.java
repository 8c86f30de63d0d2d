package dev.platform.spring.chain;

import dev.platform.core.chain.CallerClientInterceptor;
import dev.platform.core.chain.ClientLink;
import dev.platform.core.chain.ClientStage;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/** Names the caller in outgoing calls. Off with {@code platform.caller.enabled=false}. */
@AutoConfiguration
@ConditionalOnBooleanProperty(name = "platform.caller.enabled", matchIfMissing = true)
@EnableConfigurationProperties(CallerProperties.class)
public final class CallerAutoConfiguration {

  @Bean
  ClientLink callerClientInterceptor(CallerProperties properties, Environment environment) {
    String name = properties.name();
    return new ClientLink(
        ClientStage.CALLER,
        new CallerClientInterceptor(
            name == null
                ? environment.getProperty("spring.application.name", "application")
                : name));
  }
}
