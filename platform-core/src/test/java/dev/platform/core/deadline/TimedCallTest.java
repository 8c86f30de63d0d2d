package dev.platform.core.deadline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.GetRecommendationsResponse;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc;
import dev.platform.core.outcome.Rejection;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A call between its start and its half-close, after which the handler runs; in moved time. */
class TimedCallTest {

  private final AtomicLong nanos = new AtomicLong(1);
  private final Deadline.Ticker ticker =
      new Deadline.Ticker() {
        @Override
        public long nanoTime() {
          return nanos.get();
        }
      };
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final DeadlineServerInterceptor deadlines =
      new DeadlineServerInterceptor(
          DeadlineSettings.defaults(), new SimpleMeterRegistry(), nanos::get);
  private final AtomicInteger handled = new AtomicInteger();

  @AfterEach
  void stop() {
    timer.shutdownNow();
  }

  @Test
  void aCallWhoseDeadlinePassedWhileItWaitedForAThreadIsNotRun() {
    EndedCall call = new EndedCall();
    ServerCall.Listener<GetRecommendationsRequest> waiting =
        start(call, Duration.ofMillis(50), Duration.ZERO);
    nanos.addAndGet(Duration.ofMillis(50).toNanos());

    waiting.onHalfClose();

    assertThat(handled).hasValue(0);
    assertThat(call.ends).extracting(Status::getCode).containsExactly(Code.DEADLINE_EXCEEDED);
    assertThat(Rejection.of(call.trailers)).contains(Rejection.DEADLINE);
  }

  @Test
  void aCallThatWaitedUntilLessThanTheUsualTimeWasLeftIsNotRun() {
    for (int i = 0; i < 64; i++) {
      start(new EndedCall(), Duration.ofSeconds(1), Duration.ofMillis(40)).onHalfClose();
    }
    start(new EndedCall(), Duration.ofMillis(20), Duration.ZERO).onHalfClose(); // The probe.
    EndedCall call = new EndedCall();
    ServerCall.Listener<GetRecommendationsRequest> waiting =
        start(call, Duration.ofMillis(60), Duration.ZERO);
    int before = handled.get();
    nanos.addAndGet(Duration.ofMillis(40).toNanos());

    waiting.onHalfClose();

    assertThat(handled).hasValue(before);
    assertThat(call.ends).extracting(Status::getCode).containsExactly(Code.DEADLINE_EXCEEDED);
  }

  @Test
  void aHandlerThatAnswersAfterItsCallerIsGoneCountsWithItsWholeTime() {
    for (int i = 0; i < 64; i++) {
      start(new EndedCall(), Duration.ofMillis(10), Duration.ofMillis(40)).onHalfClose();
    }
    nanos.addAndGet(Duration.ofSeconds(1).toNanos());
    start(new EndedCall(), Duration.ofMillis(10), Duration.ofMillis(40)).onHalfClose();
    EndedCall call = new EndedCall();
    int before = handled.get();

    start(call, Duration.ofMillis(10), Duration.ZERO).onHalfClose();

    assertThat(handled).hasValue(before);
    assertThat(call.ends).hasSize(1);
  }

  private ServerCall.Listener<GetRecommendationsRequest> start(
      EndedCall call, Duration left, Duration handlerTakes) {
    Context context =
        Context.ROOT.withDeadline(
            Deadline.after(left.toNanos(), TimeUnit.NANOSECONDS, ticker), timer);
    Context before = context.attach();
    try {
      return deadlines.interceptCall(
          call, new Metadata(), (served, headers) -> handler(served, handlerTakes));
    } finally {
      context.detach(before);
    }
  }

  private <Q> ServerCall.Listener<Q> handler(ServerCall<Q, ?> call, Duration takes) {
    return new ServerCall.Listener<>() {
      @Override
      public void onHalfClose() {
        handled.incrementAndGet();
        nanos.addAndGet(takes.toNanos());
        call.close(Status.OK, new Metadata());
      }
    };
  }

  private static final class EndedCall
      extends ServerCall<GetRecommendationsRequest, GetRecommendationsResponse> {

    private final List<Status> ends = new ArrayList<>();
    private Metadata trailers = new Metadata();

    @Override
    public void request(int messages) {}

    @Override
    public void sendHeaders(Metadata headers) {}

    @Override
    public void sendMessage(GetRecommendationsResponse message) {}

    @Override
    public void close(Status status, Metadata trailers) {
      ends.add(status);
      this.trailers = trailers;
    }

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
