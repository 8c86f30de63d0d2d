package dev.platform.benchmarks;

import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.GetRecommendationsResponse;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc.RecommendationServiceStub;
import io.grpc.Channel;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** A fixed number of callers, each of which starts its next call when the last one has ended. */
final class ClosedLoop {

  private static final int AT_ONCE = 64;
  private static final long LAST_ANSWERS_MILLIS = 20_000;

  private ClosedLoop() {}

  /** Calls for a time; returns the durations of all calls. Throws if a call fails. */
  static Samples run(Channel channel, Duration time) throws InterruptedException {
    RecommendationServiceStub stub = RecommendationServiceGrpc.newStub(channel);
    long end = System.nanoTime() + time.toNanos();
    CountDownLatch done = new CountDownLatch(AT_ONCE);
    AtomicReference<Throwable> failure = new AtomicReference<>();
    List<Samples> all = new ArrayList<>();
    for (int i = 0; i < AT_ONCE; i++) {
      Samples samples = new Samples();
      all.add(samples);
      new Caller(stub, end, done, failure, samples).call();
    }
    if (!done.await(time.toMillis() + LAST_ANSWERS_MILLIS, TimeUnit.MILLISECONDS)) {
      throw new IllegalStateException("calls without an answer: " + done.getCount());
    }
    if (failure.get() != null) {
      throw new IllegalStateException("a call failed", failure.get());
    }
    Samples sum = new Samples();
    all.forEach(sum::addAll);
    return sum;
  }

  private static final class Caller implements StreamObserver<GetRecommendationsResponse> {

    private static final GetRecommendationsRequest REQUEST =
        GetRecommendationsRequest.newBuilder().setUserId("u-1").build();

    private final RecommendationServiceStub stub;
    private final long end;
    private final CountDownLatch done;
    private final AtomicReference<Throwable> failure;
    private final Samples samples;
    private long startedAt;

    Caller(
        RecommendationServiceStub stub,
        long end,
        CountDownLatch done,
        AtomicReference<Throwable> failure,
        Samples samples) {
      this.stub = stub;
      this.end = end;
      this.done = done;
      this.failure = failure;
      this.samples = samples;
    }

    void call() {
      startedAt = System.nanoTime();
      stub.getRecommendations(REQUEST, this);
    }

    @Override
    public void onNext(GetRecommendationsResponse answer) {}

    @Override
    public void onError(Throwable ended) {
      failure.compareAndSet(null, ended);
      done.countDown();
    }

    @Override
    public void onCompleted() {
      long now = System.nanoTime();
      samples.add(now - startedAt);
      if (now < end) {
        call();
      } else {
        done.countDown();
      }
    }
  }
}
