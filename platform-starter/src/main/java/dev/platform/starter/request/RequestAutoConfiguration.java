package dev.platform.starter.request;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/** Refuses requests that are unreadable, not exactly one where one is due, or never complete. */
@AutoConfiguration
@EnableConfigurationProperties(RequestProperties.class)
public final class RequestAutoConfiguration {

  @Bean(initMethod = "start")
  IncomingRequests incomingRequests(RequestProperties properties) {
    return new IncomingRequests(properties.timeout(), System::nanoTime);
  }

  @Bean
  static ReadServices readServices(ObjectProvider<IncomingRequests> requests) {
    return new ReadServices(requests);
  }
}
