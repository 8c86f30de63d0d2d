package dev.platform.core.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.GetRecommendationsResponse;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc.RecommendationServiceImplBase;
import dev.platform.core.outcome.CallOutcome;
import dev.platform.core.outcome.OutcomeClassifier;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** What a record says about a call, on one thread. */
class CallRecorderTest {

  private final AtomicLong nanos = new AtomicLong();
  private final AtomicInteger judged = new AtomicInteger();
  private final List<String> events = new ArrayList<>();
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final CallRecorder recorder =
      TestRecorders.of(
          (status, trailers) -> {
            judged.incrementAndGet();
            return OutcomeClassifier.standard().classify(status, trailers);
          },
          nanos::get);

  private volatile Status answer = Status.OK;
  private Server server;
  private ManagedChannel channel;
  private ClientCallRecord call;

  @BeforeEach
  void open(TestInfo test) throws Exception {
    server =
        InProcessServerBuilder.forName(test.getDisplayName())
            .directExecutor()
            .addService(new Recommendations())
            .build()
            .start();
    channel =
        InProcessChannelBuilder.forName(test.getDisplayName())
            .directExecutor()
            .intercept(new Listening(), recorder)
            .build();
  }

  @AfterEach
  void close() {
    channel.shutdownNow();
    server.shutdownNow();
    timer.shutdownNow();
  }

  @Test
  void recordsStartEndPeerAndOutcomeOfTheCallAndItsAttempt() {
    nanos.set(100);
    assertThat(ask().getCode()).isEqualTo(Status.Code.OK);

    assertThat(call.startedAt()).isEqualTo(100);
    assertThat(call.endedAt()).isEqualTo(107);
    assertThat(call.outcome()).isEqualTo(CallOutcome.SUCCESS);
    AttemptRecord attempt = call.lastAttempt();
    assertThat(attempt.previous()).isNull();
    assertThat(attempt.startedAt()).isEqualTo(100);
    assertThat(attempt.peer()).isNotNull();
    assertThat(attempt.outcome()).isEqualTo(CallOutcome.SUCCESS);
    assertThat(attempt.takeSpan()).as("a single attempt has no span").isFalse();
  }

  @Test
  void theOutcomeIsClassifiedOnce() {
    answer = Status.UNAVAILABLE;
    assertThat(ask().getCode()).isEqualTo(Status.Code.UNAVAILABLE);

    assertThat(call.outcome()).isEqualTo(CallOutcome.FAILURE);
    assertThat(judged).hasValue(1);
  }

  @Test
  void listenersAreNotifiedOuterFirstAtTheStartAndInnerFirstAtTheEnd() {
    ask();

    assertThat(events)
        .containsExactly(
            "outer started",
            "inner started",
            "outer attempt started",
            "inner attempt started",
            "outer sent",
            "inner sent",
            "outer attempt ended",
            "inner attempt ended",
            "inner ended",
            "outer ended");
  }

  @Test
  void theEarlierDeadlineIsTheEffectiveOne() throws Exception {
    Deadline soon = Deadline.after(20, TimeUnit.SECONDS);
    Deadline late = Deadline.after(60, TimeUnit.SECONDS);
    assertDeadline(soon, late, soon, true);
    assertDeadline(late, soon, soon, false);
    assertDeadline(null, late, late, false);
    assertDeadline(soon, null, soon, true);
    assertDeadline(null, null, null, false);
  }

  @Test
  void anAttemptIsFoundByItsHeaders() {
    ask();

    assertThat(call.attempt(call.lastAttempt().headers())).isSameAs(call.lastAttempt());
    assertThat(call.attempt(new Metadata())).isNull();
  }

  @Test
  void aMissingRecordIsReported() {
    assertThat(ClientCallRecord.find(CallOptions.DEFAULT)).isNull();
    assertThatThrownBy(() -> ClientCallRecord.of(CallOptions.DEFAULT))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("CallRecorder");
  }

  private void assertDeadline(Deadline own, Deadline callers, Deadline effective, boolean ownFirst)
      throws Exception {
    CallOptions options = own == null ? CallOptions.DEFAULT : CallOptions.DEFAULT.withDeadline(own);
    Context context =
        callers == null ? Context.ROOT.fork() : Context.ROOT.withDeadline(callers, timer);
    context.call(() -> ask(options));
    assertThat(call.deadline()).isEqualTo(effective);
    assertThat(call.isOwnDeadlineFirst()).isEqualTo(ownFirst);
  }

  private Status ask() {
    return ask(CallOptions.DEFAULT);
  }

  private Status ask(CallOptions options) {
    try {
      RecommendationServiceGrpc.RecommendationServiceBlockingStub stub =
          RecommendationServiceGrpc.newBlockingStub(channel);
      if (options.getDeadline() != null) {
        stub = stub.withDeadline(options.getDeadline());
      }
      stub.getRecommendations(GetRecommendationsRequest.getDefaultInstance());
      return Status.OK;
    } catch (RuntimeException e) {
      return Status.fromThrowable(e);
    }
  }

  private final class Listening implements ClientInterceptor {

    @Override
    public <Q, A> ClientCall<Q, A> interceptCall(
        MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
      call = ClientCallRecord.of(options);
      call.listen(new Named("outer"));
      call.listen(new Named("inner"));
      return next.newCall(method, options);
    }
  }

  private final class Named implements CallListener {

    private final String name;

    Named(String name) {
      this.name = name;
    }

    @Override
    public void callStarted(ClientCallRecord call, Metadata headers) {
      events.add(name + " started");
    }

    @Override
    public void callEnded(ClientCallRecord call) {
      events.add(name + " ended");
    }

    @Override
    public void attemptStarted(AttemptRecord attempt) {
      events.add(name + " attempt started");
    }

    @Override
    public void attemptSent(AttemptRecord attempt) {
      events.add(name + " sent");
    }

    @Override
    public void attemptEnded(AttemptRecord attempt) {
      events.add(name + " attempt ended");
    }
  }

  private final class Recommendations extends RecommendationServiceImplBase {

    @Override
    public void getRecommendations(
        GetRecommendationsRequest request, StreamObserver<GetRecommendationsResponse> observer) {
      nanos.addAndGet(7);
      if (answer.isOk()) {
        observer.onNext(GetRecommendationsResponse.getDefaultInstance());
        observer.onCompleted();
      } else {
        observer.onError(answer.asRuntimeException());
      }
    }
  }
}
