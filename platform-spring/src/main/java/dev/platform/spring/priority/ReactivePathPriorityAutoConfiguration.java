package dev.platform.spring.priority;

import dev.platform.core.priority.CallPriority;
import dev.platform.core.priority.Priority;
import dev.platform.spring.deadline.GrpcContextAccessor;
import io.grpc.Context;
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
 * {@link PathPriorityAutoConfiguration} on WebFlux, with Reactor's automatic context propagation.
 */
@AutoConfiguration
@ConditionalOnClass({Mono.class, HttpHandlerDecoratorFactory.class})
@ConditionalOnWebApplication(type = Type.REACTIVE)
@ConditionalOnBooleanProperty(name = PriorityProperties.PREFIX + ".enabled", matchIfMissing = true)
@EnableConfigurationProperties(PriorityProperties.class)
public final class ReactivePathPriorityAutoConfiguration {

  @Bean
  HttpHandlerDecoratorFactory priorityDecorator(PriorityProperties properties) {
    PathPriorities paths = new PathPriorities(properties.paths());
    return handler ->
        (request, response) -> {
          Priority priority = paths.of(request.getPath().pathWithinApplication());
          Mono<Void> handled = handler.handle(request, response);
          return priority == null
              ? handled
              : handled.contextWrite(
                  context ->
                      context.put(
                          GrpcContextAccessor.KEY, CallPriority.in(Context.current(), priority)));
        };
  }
}
