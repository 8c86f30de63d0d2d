package dev.platform.benchmarks.peers;

import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.GetRecommendationsResponse;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * What each peer's service does: a constant answer, immediately or after a delay on a timer, so
 * that no peer's threads are blocked.
 */
public final class Recommender {

  /** What is asked. */
  public static final GetRecommendationsRequest REQUEST =
      GetRecommendationsRequest.newBuilder().setUserId("u-4711").build();

  private static final GetRecommendationsResponse ANSWER =
      GetRecommendationsResponse.newBuilder()
          .addAllProductIds(List.of("p-1", "p-10", "p-4", "p-12", "p-15"))
          .build();

  private static final ScheduledExecutorService TIMER =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "recommender");
            thread.setDaemon(true);
            return thread;
          });

  private static volatile int delayMicros;

  private Recommender() {}

  static void setDelayMicros(int micros) {
    delayMicros = micros;
  }

  /** Hands over the answer, on the caller's thread if there is no delay. */
  public static void recommend(Consumer<GetRecommendationsResponse> answer) {
    int micros = delayMicros;
    if (micros == 0) {
      answer.accept(ANSWER);
    } else {
      TIMER.schedule(() -> answer.accept(ANSWER), micros, TimeUnit.MICROSECONDS);
    }
  }
}
