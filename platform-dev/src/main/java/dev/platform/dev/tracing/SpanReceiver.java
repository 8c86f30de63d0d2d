package dev.platform.dev.tracing;

import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

/**
 * Takes spans by OTLP over gRPC at a free port of the loopback address and keeps them all, for
 * tests that want to see what really leaves a process. Thread-safe.
 */
public final class SpanReceiver implements AutoCloseable {

  private static final int MAX_REQUEST_BYTES = 16 * 1024 * 1024;

  private final Queue<ReceivedSpan> spans = new ConcurrentLinkedQueue<>();
  private final Map<String, Queue<ReceivedSpan>> traces = new ConcurrentHashMap<>();
  private final Server server;

  private SpanReceiver(ServerBuilder<?> builder, Consumer<ExportTraceServiceRequest> next) {
    this.server =
        builder.addService(new Receiver(next)).maxInboundMessageSize(MAX_REQUEST_BYTES).build();
  }

  /** Starts one; it takes spans on return. */
  public static SpanReceiver start() throws IOException {
    return started(new SpanReceiver(onLoopback().directExecutor(), request -> {}));
  }

  /**
   * Starts one that also passes each request on, before it answers.
   *
   * @param next may block, and is called by several threads at a time; a status that it throws is
   *     the answer
   */
  public static SpanReceiver start(Consumer<ExportTraceServiceRequest> next) throws IOException {
    return started(new SpanReceiver(onLoopback(), next));
  }

  private static ServerBuilder<?> onLoopback() {
    return GrpcServers.at(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  private static SpanReceiver started(SpanReceiver receiver) throws IOException {
    receiver.server.start();
    return receiver;
  }

  /** What the collector's URL has to be in an app. */
  public String endpoint() {
    return "http://127.0.0.1:" + server.getPort();
  }

  /** All that have come in so far, in that order. */
  public List<ReceivedSpan> spans() {
    return List.copyOf(spans);
  }

  /** Those of one trace. */
  public List<ReceivedSpan> trace(String traceId) {
    Queue<ReceivedSpan> trace = traces.get(traceId);
    return trace == null ? List.of() : List.copyOf(trace);
  }

  /** All of them, by trace. */
  public List<List<ReceivedSpan>> traces() {
    return traces.values().stream().map(List::copyOf).toList();
  }

  /** Takes no more; what it has can still be read. */
  @Override
  public void close() {
    server.shutdownNow();
  }

  private final class Receiver extends TraceServiceGrpc.TraceServiceImplBase {

    private final Consumer<ExportTraceServiceRequest> next;

    Receiver(Consumer<ExportTraceServiceRequest> next) {
      this.next = next;
    }

    @Override
    public void export(
        ExportTraceServiceRequest request, StreamObserver<ExportTraceServiceResponse> response) {
      request.getResourceSpansList().forEach(this::keep);
      try {
        next.accept(request);
      } catch (StatusRuntimeException e) {
        response.onError(e);
        return;
      }
      response.onNext(ExportTraceServiceResponse.getDefaultInstance());
      response.onCompleted();
    }

    private void keep(ResourceSpans resourceSpans) {
      String service =
          OtlpAttributes.texts(resourceSpans.getResource().getAttributesList())
              .getOrDefault("service.name", "");
      for (ScopeSpans scopeSpans : resourceSpans.getScopeSpansList()) {
        for (Span span : scopeSpans.getSpansList()) {
          keep(ReceivedSpan.of(service, span));
        }
      }
    }

    private void keep(ReceivedSpan span) {
      spans.add(span);
      traces.computeIfAbsent(span.traceId(), id -> new ConcurrentLinkedQueue<>()).add(span);
    }
  }
}
