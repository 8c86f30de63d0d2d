package dev.platform.spring.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.core.breaker.GrpcStatusPredicates;
import dev.platform.core.outcome.CallOutcome;
import dev.platform.core.outcome.OutcomeClassifier;
import dev.platform.core.outcome.Rejection;
import dev.platform.spring.config.PlatformDefaults;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.grpc.Status;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;

class BreakerPredicatesTest {

  private final GrpcStatusPredicates.Failures failures = new GrpcStatusPredicates.Failures();
  private final GrpcStatusPredicates.Ignored ignored = new GrpcStatusPredicates.Ignored();

  @Test
  void aStatusIsClassifiedLikeThatOfACall() {
    assertThat(failures).accepts(Status.UNAVAILABLE.asRuntimeException());
    assertThat(failures).accepts(Status.DEADLINE_EXCEEDED.asException());
    assertThat(failures).rejects(Status.FAILED_PRECONDITION.asRuntimeException());
    assertThat(ignored).rejects(Status.FAILED_PRECONDITION.asRuntimeException());
    assertThat(ignored).accepts(Status.CANCELLED.asRuntimeException());
    assertThat(ignored)
        .accepts(Status.UNAVAILABLE.asRuntimeException(Rejection.RATE_LIMIT.trailers()));
  }

  @Test
  void otherExceptionsAreFailuresExceptRejectionsByOtherBreakers() {
    assertThat(failures).accepts(new IllegalStateException());
    assertThat(ignored).rejects(new IllegalStateException());
    assertThat(ignored)
        .accepts(
            CallNotPermittedException.createCallNotPermittedException(
                CircuitBreaker.ofDefaults("other")));
  }

  @Test
  void aCustomClassifierAppliesToAnnotatedMethodsToo() {
    try (ConfigurableApplicationContext app = start()) {
      assertThat(config(app, "any").getRecordExceptionPredicate())
          .accepts(Status.FAILED_PRECONDITION.asRuntimeException())
          .rejects(Status.UNAVAILABLE.asRuntimeException());
      assertThat(config(app, "own").getRecordExceptionPredicate())
          .accepts(Status.FAILED_PRECONDITION.asRuntimeException());
      assertThat(config(app, "any").getIgnoreExceptionPredicate())
          .accepts(Status.UNAVAILABLE.asRuntimeException())
          .rejects(Status.CANCELLED.asRuntimeException());
    }
  }

  @Test
  void aCustomPredicateIsKept() {
    try (ConfigurableApplicationContext app =
        start(
            "--resilience4j.circuitbreaker.configs.default.record-failure-predicate="
                + Nothing.class.getName())) {
      assertThat(config(app, "any").getRecordExceptionPredicate())
          .rejects(Status.FAILED_PRECONDITION.asRuntimeException());
    }
  }

  private static CircuitBreakerConfig config(ConfigurableApplicationContext app, String name) {
    return app.getBean(CircuitBreakerRegistry.class).circuitBreaker(name).getCircuitBreakerConfig();
  }

  private static ConfigurableApplicationContext start(String... arguments) {
    return new SpringApplicationBuilder(App.class)
        .web(WebApplicationType.NONE)
        .properties(
            "spring.application.name=judged",
            "platform.registry.enabled=false",
            "platform.discovery.enabled=false",
            "resilience4j.circuitbreaker.instances.own.base-config=default",
            "resilience4j.circuitbreaker.instances.own.sliding-window-size=3")
        .initializers(context -> new PlatformDefaults().addTo(context.getEnvironment()))
        .run(arguments);
  }

  public static final class Nothing implements Predicate<Throwable> {
    @Override
    public boolean test(Throwable failure) {
      return false;
    }
  }

  @SpringBootConfiguration
  @EnableAutoConfiguration
  static class App {

    @Bean
    OutcomeClassifier strict() {
      return (status, trailers) ->
          switch (status.getCode()) {
            case FAILED_PRECONDITION -> CallOutcome.FAILURE;
            case UNAVAILABLE -> CallOutcome.IGNORED;
            default -> CallOutcome.SUCCESS;
          };
    }
  }
}
