package dev.platform.spring.server;

import dev.platform.core.concurrent.Threads;
import dev.platform.core.request.IncomingRequests;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/**
 * Bounds a server's connections, and refuses requests that can't be read, have the wrong number of
 * messages, or stay incomplete.
 */
@AutoConfiguration
@EnableConfigurationProperties({RequestProperties.class, ConnectionProperties.class})
public final class RequestAutoConfiguration {

  @Bean(initMethod = "start")
  IncomingRequests incomingRequests(RequestProperties properties) {
    return new IncomingRequests(properties.timeout(), System::nanoTime, Threads.daemons());
  }
}
