package dev.platform.benchmarks;

import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.GetRecommendationsResponse;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc.RecommendationServiceStub;
import io.grpc.Channel;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Calls at a fixed rate, whether or not earlier calls have ended: each millisecond those that are
 * due, at once. A call's duration counts from that millisecond.
 */
final class SteadyLoad {

  private static final GetRecommendationsRequest REQUEST =
      GetRecommendationsRequest.newBuilder().setUserId("u-1").build();
  private static final long TICK_NANOS = 1_000_000;
  private static final int LAST_ANSWERS_SECONDS = 10;

  private final Samples samples = new Samples(); // guarded by this
  private final CountDownLatch unanswered;
  private final AtomicReference<@Nullable Throwable> failed = new AtomicReference<>();
  private final RecommendationServiceStub stub;

  private SteadyLoad(Channel channel, int calls) {
    stub = RecommendationServiceGrpc.newStub(channel);
    unanswered = new CountDownLatch(calls);
  }

  /** Returns the durations of the calls that were answered; throws if one was not. */
  static Samples run(Channel channel, double callsPerSecond, Duration time)
      throws InterruptedException {
    int calls = (int) (callsPerSecond * time.toSeconds());
    SteadyLoad load = new SteadyLoad(channel, calls);
    load.start(calls, callsPerSecond * TICK_NANOS / 1e9);
    if (!load.unanswered.await(LAST_ANSWERS_SECONDS, TimeUnit.SECONDS)) {
      throw new IllegalStateException(
          "calls without an answer: %d; %s"
              .formatted(load.unanswered.getCount(), load.firstFailure()));
    }
    synchronized (load) {
      if (load.samples.size() < calls) {
        throw new IllegalStateException(
            "failed calls: %d; %s".formatted(calls - load.samples.size(), load.firstFailure()));
      }
      return load.samples;
    }
  }

  private void start(int calls, double callsPerTick) {
    long first = System.nanoTime();
    int started = 0;
    for (int tick = 1; started < calls; tick++) {
      long due = first + tick * TICK_NANOS;
      while (due > System.nanoTime()) {
        LockSupport.parkNanos(due - System.nanoTime());
      }
      for (; started < Math.min(calls, tick * callsPerTick); started++) {
        stub.getRecommendations(REQUEST, new Answer(due));
      }
    }
  }

  private String firstFailure() {
    return "the first failure: " + failed.get();
  }

  private synchronized void answered(long nanos) {
    samples.add(nanos);
  }

  private final class Answer implements StreamObserver<GetRecommendationsResponse> {

    private final long due;

    Answer(long due) {
      this.due = due;
    }

    @Override
    public void onNext(GetRecommendationsResponse answer) {}

    @Override
    public void onError(Throwable failure) {
      failed.compareAndSet(null, failure);
      unanswered.countDown();
    }

    @Override
    public void onCompleted() {
      answered(System.nanoTime() - due);
      unanswered.countDown();
    }
  }
}
