package dev.platform.spring.http;

import java.util.Set;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.http.server.reactive.HttpHandlerDecoratorFactory;
import reactor.core.publisher.Mono;

/**
 * {@link HttpHeaderAutoConfiguration} and {@link HttpBodyAutoConfiguration} on WebFlux, in front of
 * its handler: observations begin there, before all filters.
 */
@AutoConfiguration
@ConditionalOnClass({Mono.class, HttpHandlerDecoratorFactory.class})
@ConditionalOnWebApplication(type = Type.REACTIVE)
@EnableConfigurationProperties({HttpHeaderProperties.class, HttpBodyProperties.class})
public final class ReactiveHttpBoundsAutoConfiguration {

  @Bean
  @ConditionalOnBooleanProperty(
      name = "platform.http.headers.trusted",
      havingValue = false,
      matchIfMissing = true)
  HttpHandlerDecoratorFactory foreignHeaderDecorator(
      HttpHeaderProperties properties,
      @Value(HttpHeaderAutoConfiguration.REMOTE_FIELDS) Set<String> remoteFields) {
    ForeignHeaders foreign = new ForeignHeaders(properties.baggageOr(remoteFields));
    return handler ->
        (request, response) -> handler.handle(ReactiveRequests.without(foreign, request), response);
  }

  @Bean
  @ConditionalOnBooleanProperty(name = "platform.http.body.enabled", matchIfMissing = true)
  HttpHandlerDecoratorFactory boundedBodyDecorator(HttpBodyProperties properties) {
    return handler ->
        (request, response) ->
            handler.handle(ReactiveRequests.bounded(properties, request), response);
  }
}
