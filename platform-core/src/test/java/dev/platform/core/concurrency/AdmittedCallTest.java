package dev.platform.core.concurrency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.GetRecommendationsResponse;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc;
import dev.platform.core.concurrency.ConcurrencyLimitSettings.Gradient2;
import dev.platform.core.outcome.AnswerTimes;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Which calls the adaptive limit takes for fast or slow ones; in moved time. */
class AdmittedCallTest {

  private static final Duration WINDOW = Duration.ofMillis(101);
  private static final int CALLS = 20;

  private final ConcurrencyLimit limit = ConcurrencyLimit.gradient2(new Gradient2(50, 10, 200));
  private final AnswerTimes times = new AnswerTimes();
  private final AtomicLong nanos = new AtomicLong(1);

  @Test
  void callsThatEndAtTheirDeadlinesWithTooLittleTimeAreNotTakenForFastAnswers() {
    windows(5, Duration.ofMillis(20), Status.OK);
    int before = limit.limit();

    windows(30, Duration.ofMillis(1), Status.DEADLINE_EXCEEDED);

    assertThat(before).isLessThan(150);
    assertThat(limit.limit()).isEqualTo(before);
  }

  @Test
  void callsThatEndAtTheirDeadlinesAfterTheUsualTimeLowerTheLimit() {
    windows(20, Duration.ofMillis(5), Status.OK);
    int before = limit.limit();

    windows(10, Duration.ofMillis(80), Status.DEADLINE_EXCEEDED);

    assertThat(limit.limit()).isLessThan(before / 2);
  }

  private void windows(int count, Duration time, Status end) {
    for (int i = 0; i < count; i++) {
      int inFlight = limit.limit();
      List<AdmittedCall<?, ?>> calls = new ArrayList<>();
      for (int j = 0; j < CALLS; j++) {
        calls.add(new AdmittedCall<>(new NoCall(), limit, times, inFlight, null, nanos::get));
      }
      nanos.addAndGet(time.toNanos());
      calls.forEach(call -> call.close(end, new Metadata()));
      nanos.addAndGet(WINDOW.minus(time).toNanos());
    }
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
