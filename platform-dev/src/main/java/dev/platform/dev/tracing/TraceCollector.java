package dev.platform.dev.tracing;

import io.grpc.Server;
import io.grpc.stub.StreamObserver;
import io.opentelemetry.proto.collector.trace.v1.ExportTracePartialSuccess;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Receives spans over OTLP/gRPC, keeps the latest traces and forwards all of them to Zipkin. */
final class TraceCollector implements AutoCloseable {

  private static final int MAX_REQUEST_BYTES = 16 * 1024 * 1024;
  private static final long CLOSE_WAIT_SECONDS = 2;

  private final TraceRing ring;
  private final ZipkinForwarder forwarder;
  private final Server server;

  private TraceCollector(InetSocketAddress address, DevTracingProperties properties) {
    this.ring = new TraceRing(properties.keptTraces());
    this.forwarder = new ZipkinForwarder(properties.zipkinUrl(), ring);
    this.server =
        GrpcServers.at(address)
            .addService(new Receiver())
            .maxInboundMessageSize(MAX_REQUEST_BYTES)
            // The receiver never blocks, so it needs no thread of its own.
            .directExecutor()
            .build();
  }

  /**
   * Starts a collector; it accepts spans on return.
   *
   * @throws BindException when the address can't be bound
   */
  static TraceCollector start(InetSocketAddress address, DevTracingProperties properties)
      throws BindException {
    TraceCollector collector = new TraceCollector(address, properties);
    collector.bind();
    collector.forwarder.start();
    return collector;
  }

  /** Stops accepting spans, then sends what is queued. */
  @Override
  public void close() {
    server.shutdown();
    try {
      if (!server.awaitTermination(CLOSE_WAIT_SECONDS, TimeUnit.SECONDS)) {
        server.shutdownNow();
      }
    } catch (InterruptedException e) {
      server.shutdownNow();
      Thread.currentThread().interrupt();
    }
    forwarder.close();
  }

  private void bind() throws BindException {
    try {
      server.start();
    } catch (IOException e) {
      // On Linux netty throws an exception type of its own.
      BindException taken = new BindException(e.getMessage());
      taken.initCause(e);
      throw taken;
    }
  }

  private final class Receiver extends TraceServiceGrpc.TraceServiceImplBase {

    @Override
    public void export(
        ExportTraceServiceRequest request, StreamObserver<ExportTraceServiceResponse> response) {
      long rejected = 0;
      for (ResourceSpans resourceSpans : request.getResourceSpansList()) {
        List<ZipkinSpan> spans = ZipkinTranslation.translate(resourceSpans);
        for (ZipkinSpan span : spans) {
          ring.add(span);
          forwarder.offer(span);
        }
        rejected += count(resourceSpans) - spans.size();
      }
      response.onNext(answer(rejected));
      response.onCompleted();
    }

    private static int count(ResourceSpans resourceSpans) {
      return resourceSpans.getScopeSpansList().stream().mapToInt(ScopeSpans::getSpansCount).sum();
    }

    private static ExportTraceServiceResponse answer(long rejected) {
      if (rejected == 0) {
        return ExportTraceServiceResponse.getDefaultInstance();
      }
      return ExportTraceServiceResponse.newBuilder()
          .setPartialSuccess(
              ExportTracePartialSuccess.newBuilder()
                  .setRejectedSpans(rejected)
                  .setErrorMessage("a trace id has 16 bytes, a span id 8"))
          .build();
    }
  }
}
