package dev.platform.core.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.GetRecommendationsResponse;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc.RecommendationServiceImplBase;
import dev.platform.core.call.CallRecorder;
import dev.platform.core.call.TestRecorders;
import dev.platform.core.chain.ClientChain;
import dev.platform.core.chain.ClientLink;
import dev.platform.core.chain.ClientStage;
import dev.platform.core.deadline.DeadlineClientInterceptor;
import dev.platform.core.deadline.DeadlineSettings;
import dev.platform.core.outcome.OutcomeClassifier;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** The spans of a call and its attempts, in a time that the server moves. */
class AttemptSpansTest {

  private static final Instant START = Instant.parse("2026-11-29T12:00:00Z");
  private static final Duration FIRST = Duration.ofMillis(700);
  private static final Duration SECOND = Duration.ofMillis(300);

  private final AtomicLong nanos = new AtomicLong(-5);
  private final List<SpanData> spans = new CopyOnWriteArrayList<>();
  private final AtomicInteger attempts = new AtomicInteger();
  private volatile int failures = 1;
  private Server server;
  private ManagedChannel channel;

  @BeforeEach
  void open(TestInfo test) throws Exception {
    server =
        InProcessServerBuilder.forName(test.getDisplayName())
            .directExecutor()
            .addService(new Recommendations())
            .build()
            .start();
    CallRecorder recorder =
        TestRecorders.of(OutcomeClassifier.standard(), new MovedClock(), nanos::get);
    SdkTracerProvider tracers =
        SdkTracerProvider.builder().addSpanProcessor(new Collecting()).build();
    GrpcTelemetry telemetry =
        new GrpcTelemetry(
            new OpenTelemetryCallConvention(RpcKeys.CURRENT),
            recorder,
            new SpanSource(tracers.get("test"), Set.of(), false),
            side -> new CallLog(side, Duration.ZERO, () -> new LogRateLimit(10, nanos::get)),
            null);
    channel =
        InProcessChannelBuilder.forName(test.getDisplayName())
            .directExecutor()
            .enableRetry()
            .defaultServiceConfig(retries())
            .intercept(
                new ClientChain(
                    List.of(
                        new ClientLink(ClientStage.RECORD, recorder),
                        new ClientLink(
                            ClientStage.TELEMETRY,
                            new TelemetryClientInterceptor(
                                telemetry,
                                new HeaderPropagation(W3CTraceContextPropagator.getInstance()))),
                        new ClientLink(
                            ClientStage.DEADLINE,
                            new DeadlineClientInterceptor(DeadlineSettings.defaults())))))
            .build();
  }

  @AfterEach
  void close() {
    channel.shutdownNow();
    server.shutdownNow();
  }

  @Test
  void eachOfSeveralAttemptsHasItsOwnSpanWithItsDuration() {
    ask();

    List<SpanData> parts =
        spans.stream().filter(span -> span.getName().startsWith("Attempt.")).toList();
    assertThat(parts).hasSize(2);
    assertThat(duration(parts.get(0))).isEqualTo(FIRST);
    assertThat(duration(parts.get(1))).isEqualTo(SECOND);
    assertThat(Instant.ofEpochSecond(0, parts.get(0).getStartEpochNanos())).isEqualTo(START);
    assertThat(parts.get(1).getStartEpochNanos())
        .isGreaterThanOrEqualTo(parts.get(0).getEndEpochNanos());
    assertThat(parts)
        .extracting(span -> span.getAttributes().get(AttributeKey.stringKey("platform.outcome")))
        .containsExactly("failure", "success");
    assertThat(parts)
        .extracting(span -> span.getAttributes().get(AttributeKey.longKey("previous-rpc-attempts")))
        .containsExactly(0L, 1L);
    SpanData call = callSpan();
    assertThat(parts).allMatch(part -> part.getParentSpanId().equals(call.getSpanId()));
    assertThat(call.getEvents()).isEmpty();
  }

  @Test
  void aSingleAttemptHasNoSeparateSpan() {
    failures = 0;

    ask();

    assertThat(spans).hasSize(1);
  }

  @Test
  void onlyTheCallSpanHasTheDeadlineEvent() {
    failures = Integer.MAX_VALUE;
    try {
      RecommendationServiceGrpc.newBlockingStub(channel)
          .withDeadlineAfter(-1, TimeUnit.SECONDS)
          .getRecommendations(GetRecommendationsRequest.getDefaultInstance());
    } catch (RuntimeException e) {
      assertThat(Status.fromThrowable(e).getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    }

    assertThat(spans).hasSize(1);
    assertThat(callSpan().getEvents())
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.getName()).isEqualTo("platform.deadline.exceeded");
              assertThat(event.getAttributes().get(AttributeKey.stringKey("platform.deadline.of")))
                  .isEqualTo("call");
            });
  }

  private void ask() {
    assertThat(
            RecommendationServiceGrpc.newBlockingStub(channel)
                .withDeadlineAfter(1, TimeUnit.MINUTES)
                .getRecommendations(GetRecommendationsRequest.getDefaultInstance()))
        .isNotNull();
  }

  private SpanData callSpan() {
    return spans.stream()
        .filter(span -> !span.getName().startsWith("Attempt."))
        .findFirst()
        .orElseThrow();
  }

  private static Duration duration(SpanData span) {
    return Duration.ofNanos(span.getEndEpochNanos() - span.getStartEpochNanos());
  }

  private static Map<String, ?> retries() {
    Map<String, ?> policy =
        Map.of(
            "maxAttempts",
            3.0,
            "initialBackoff",
            "0.001s",
            "maxBackoff",
            "0.001s",
            "backoffMultiplier",
            1.0,
            "retryableStatusCodes",
            List.of("UNAVAILABLE"));
    return Map.of(
        "methodConfig", List.of(Map.of("name", List.of(Map.of()), "retryPolicy", policy)));
  }

  /** Wall-clock time that moves with the monotonic one. */
  private final class MovedClock extends Clock {

    @Override
    public Instant instant() {
      return START.plusNanos(nanos.get() + 5);
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      throw new UnsupportedOperationException();
    }
  }

  private final class Recommendations extends RecommendationServiceImplBase {

    @Override
    public void getRecommendations(
        GetRecommendationsRequest request, StreamObserver<GetRecommendationsResponse> answer) {
      if (attempts.getAndIncrement() < failures) {
        nanos.addAndGet(FIRST.toNanos());
        answer.onError(Status.UNAVAILABLE.asRuntimeException());
        return;
      }
      nanos.addAndGet(SECOND.toNanos());
      answer.onNext(GetRecommendationsResponse.getDefaultInstance());
      answer.onCompleted();
    }
  }

  private final class Collecting implements SpanProcessor {

    @Override
    public void onStart(Context parent, ReadWriteSpan span) {}

    @Override
    public boolean isStartRequired() {
      return false;
    }

    @Override
    public void onEnd(ReadableSpan span) {
      spans.add(span.toSpanData());
    }

    @Override
    public boolean isEndRequired() {
      return true;
    }
  }
}
