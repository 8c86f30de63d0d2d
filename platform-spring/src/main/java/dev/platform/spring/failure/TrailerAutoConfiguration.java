package dev.platform.spring.failure;

import dev.platform.core.chain.ServerLink;
import dev.platform.core.chain.ServerStage;
import dev.platform.core.failure.TrailerLimitServerInterceptor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/** Shortens trailers that are larger than what callers accept. */
@AutoConfiguration
@EnableConfigurationProperties(TrailerProperties.class)
public final class TrailerAutoConfiguration {

  @Bean
  ServerLink trailerLimitServerInterceptor(TrailerProperties properties) {
    return new ServerLink(
        ServerStage.TRAILER_LIMIT,
        new TrailerLimitServerInterceptor(Math.toIntExact(properties.maxSize().toBytes())));
  }
}
