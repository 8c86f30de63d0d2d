package dev.platform.starter.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.starter.outcome.Rejection;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.grpc.Status;
import org.junit.jupiter.api.Test;

class StatusJudgeTest {

  private final StatusJudge.Failures failures = new StatusJudge.Failures();
  private final StatusJudge.Ignored ignored = new StatusJudge.Ignored();

  @Test
  void aStatusIsJudgedAsThatOfACallIs() {
    assertThat(failures).accepts(Status.UNAVAILABLE.asRuntimeException());
    assertThat(failures).accepts(Status.DEADLINE_EXCEEDED.asException());
    assertThat(failures).rejects(Status.FAILED_PRECONDITION.asRuntimeException());
    assertThat(ignored).rejects(Status.FAILED_PRECONDITION.asRuntimeException());
    assertThat(ignored).accepts(Status.CANCELLED.asRuntimeException());
    assertThat(ignored)
        .accepts(Status.UNAVAILABLE.asRuntimeException(Rejection.RATE_LIMIT.trailers()));
  }

  @Test
  void anyOtherExceptionIsAFailureButForAnotherBreakersRefusal() {
    assertThat(failures).accepts(new IllegalStateException());
    assertThat(ignored).rejects(new IllegalStateException());
    assertThat(ignored)
        .accepts(
            CallNotPermittedException.createCallNotPermittedException(
                CircuitBreaker.ofDefaults("other")));
  }
}
