package dev.platform.core.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.GetRecommendationsResponse;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc.RecommendationServiceImplBase;
import dev.platform.core.call.TestRecorders;
import dev.platform.core.outcome.OutcomeClassifier;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** The platform's tracing is off, since somebody else traces, such as a javaagent. */
class OtherTracerTest {

  private final OpenTelemetry off = OpenTelemetry.noop();
  private final GrpcTelemetry telemetry =
      new GrpcTelemetry(
          new OpenTelemetryCallConvention(RpcKeys.CURRENT),
          TestRecorders.of(OutcomeClassifier.standard(), System::nanoTime),
          new SpanSource(off.getTracer("test"), Set.of(), false),
          side -> new CallLog(side, Duration.ofSeconds(1), () -> new LogRateLimit(10, () -> 0)),
          null);
  private final HeaderPropagation propagation =
      new HeaderPropagation(off.getPropagators().getTextMapPropagator());
  private final Span others =
      Span.wrap(
          SpanContext.create(
              "0af7651916cd43dd8448eb211c80319c",
              "b7ad6b7169203331",
              TraceFlags.getSampled(),
              TraceState.getDefault()));

  @Test
  void itsSpanIsTheHandlersCurrentOne() throws Exception {
    AtomicReference<Span> seen = new AtomicReference<>();
    Server server =
        NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
            .directExecutor()
            .addService(
                ServerInterceptors.interceptForward(
                    new Recommendations(seen),
                    new OtherTracer(),
                    new TelemetryServerInterceptor(telemetry, propagation)))
            .build()
            .start();
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", server.getPort()).usePlaintext().build();
    try {
      RecommendationServiceGrpc.newBlockingStub(channel)
          .getRecommendations(GetRecommendationsRequest.getDefaultInstance());
    } finally {
      channel.shutdownNow();
      server.shutdownNow();
    }
    assertThat(seen.get()).isSameAs(others);
  }

  @Test
  void itsSpanIsNotReplacedInClientCalls() {
    CallTelemetry made =
        telemetry.made("shop", RecommendationServiceGrpc.getGetRecommendationsMethod());
    Context caller = Context.root().with(others);

    assertThat(CallTelemetry.with(caller, made.start(caller))).isSameAs(caller);
  }

  private static final class Recommendations extends RecommendationServiceImplBase {

    private final AtomicReference<Span> seen;

    Recommendations(AtomicReference<Span> seen) {
      this.seen = seen;
    }

    @Override
    public void getRecommendations(
        GetRecommendationsRequest request, StreamObserver<GetRecommendationsResponse> caller) {
      seen.set(Span.current());
      caller.onNext(GetRecommendationsResponse.getDefaultInstance());
      caller.onCompleted();
    }
  }

  /** Its span is current from the start of a call, outside the platform's interceptors. */
  private final class OtherTracer implements ServerInterceptor {

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
      try (Scope ignored = others.makeCurrent()) {
        return next.startCall(call, headers);
      }
    }
  }
}
