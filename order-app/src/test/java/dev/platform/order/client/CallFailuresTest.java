package dev.platform.order.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.order.domain.RemoteFailure;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.grpc.Status;
import org.junit.jupiter.api.Test;

class CallFailuresTest {

  @Test
  void aCallRejectedByTheBreakerWasNotSent() {
    CallNotPermittedException refusal =
        CallNotPermittedException.createCallNotPermittedException(
            CircuitBreaker.ofDefaults("payment-service"));

    assertThat(failure(Status.UNAVAILABLE.withCause(refusal)).asked()).isFalse();
  }

  @Test
  void anyOtherFailedCallMayHaveBeenReceived() {
    assertThat(failure(Status.UNAVAILABLE).asked()).isTrue();
    assertThat(failure(Status.DEADLINE_EXCEEDED).timedOut()).isTrue();
  }

  private static RemoteFailure failure(Status status) {
    return CallFailures.of("payment-service", status.asRuntimeException());
  }
}
