package dev.platform.core.concurrency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.GetRecommendationsResponse;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc;
import dev.platform.core.concurrency.ConcurrencyLimitSettings.Adaptive;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Which calls the adaptive limit takes for fast or slow ones; in moved time. */
class AdmittedCallTest {

  private static final Duration WINDOW = Duration.ofMillis(101);
  private static final int CALLS = 30;

  private final AtomicLong nanos = new AtomicLong(1);
  private final ConcurrencyLimit limit =
      ConcurrencyLimit.adaptive(new Adaptive(50, 10, 200), nanos::get);
  private final LimitedMethod method = new LimitedMethod("a/b", null, new SimpleMeterRegistry());

  @Test
  void callsThatEndAtTheirDeadlinesWithTooLittleTimeAreNotTakenForFastAnswers() {
    windows(5, Duration.ofMillis(20), Status.OK, true);
    int before = limit.limit();

    windows(30, Duration.ofMillis(1), Status.DEADLINE_EXCEEDED, true);

    assertThat(limit.limit()).isEqualTo(before);
  }

  @Test
  void whatACallWaitedForAThreadDoesNotCount() {
    windows(5, Duration.ofMillis(5), Status.OK, false);
    AdmittedCall<GetRecommendationsRequest, ?> call = call(20);
    ServerCall.Listener<GetRecommendationsRequest> listener =
        call.listen(new ServerCall.Listener<>() {});
    nanos.addAndGet(Duration.ofSeconds(1).toNanos());
    listener.onHalfClose();
    nanos.addAndGet(Duration.ofMillis(5).toNanos());
    call.close(Status.OK, new Metadata());

    assertThat(method.unhindered().nanos()).isEqualTo(Duration.ofMillis(5).toNanos());
  }

  @Test
  void callsThatEndAtTheirDeadlinesAfterTheUsualTimeLowerTheLimit() {
    windows(20, Duration.ofMillis(5), Status.OK, false);
    int before = limit.limit();

    windows(10, Duration.ofMillis(80), Status.DEADLINE_EXCEEDED, true);

    assertThat(limit.limit()).isLessThan(before / 2);
  }

  /**
   * @param full whether the limit is reached
   */
  private void windows(int count, Duration time, Status end, boolean full) {
    for (int i = 0; i < count; i++) {
      int inFlight = full ? limit.limit() : 1;
      if (full) {
        fill();
      }
      List<AdmittedCall<?, ?>> calls = new ArrayList<>();
      for (int j = 0; j < CALLS; j++) {
        calls.add(call(inFlight));
      }
      nanos.addAndGet(time.toNanos());
      calls.forEach(call -> call.close(end, new Metadata()));
      nanos.addAndGet(WINDOW.minus(time).toNanos());
    }
  }

  /** Until a call is refused. */
  private void fill() {
    int entered = 0;
    while (limit.enter(0.9) > 0) {
      entered++;
    }
    for (int i = 0; i < entered; i++) {
      limit.leave();
    }
  }

  private AdmittedCall<GetRecommendationsRequest, GetRecommendationsResponse> call(int inFlight) {
    return new AdmittedCall<>(new NoCall(), limit, method, inFlight, null, nanos::get);
  }

  private static final class NoCall
      extends ServerCall<GetRecommendationsRequest, GetRecommendationsResponse> {

    @Override
    public void request(int messages) {}

    @Override
    public void sendHeaders(Metadata headers) {}

    @Override
    public void sendMessage(GetRecommendationsResponse message) {}

    @Override
    public void close(Status status, Metadata trailers) {}

    @Override
    public boolean isCancelled() {
      return false;
    }

    @Override
    public MethodDescriptor<GetRecommendationsRequest, GetRecommendationsResponse>
        getMethodDescriptor() {
      return RecommendationServiceGrpc.getGetRecommendationsMethod();
    }
  }
}
