package dev.platform.tests.telemetry;

import dev.platform.contracts.inventory.v1.ImportStockRequest;
import dev.platform.contracts.inventory.v1.ImportStockResponse;
import dev.platform.contracts.inventory.v1.InventoryServiceGrpc.InventoryServiceImplBase;
import dev.platform.contracts.inventory.v1.ReserveRequest;
import dev.platform.contracts.inventory.v1.ReserveResponse;
import dev.platform.contracts.inventory.v1.WatchStockRequest;
import dev.platform.contracts.inventory.v1.WatchStockResponse;
import dev.platform.tests.line.TestGrpcService;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.core.task.AsyncTaskExecutor;

/** The reservation's id selects the response. */
@TestGrpcService
class ScriptedStock extends InventoryServiceImplBase {

  final AtomicInteger flaky = new AtomicInteger();

  /** The trace of the last completed work. */
  volatile String trace = "none";

  /** The span and the baggage of the last reservation. */
  volatile SpanContext span = SpanContext.getInvalid();

  volatile Baggage baggage = Baggage.empty();

  private final AsyncTaskExecutor executor;

  ScriptedStock(AsyncTaskExecutor executor) {
    this.executor = executor;
  }

  @Override
  public void reserve(ReserveRequest request, StreamObserver<ReserveResponse> answer) {
    span = Span.current().getSpanContext();
    baggage = Baggage.current();
    trace = span.getTraceId();
    switch (request.getReservationId()) {
      case "missing" ->
          answer.onError(Status.NOT_FOUND.withDescription("no such thing").asRuntimeException());
      case "broken" -> throw new IllegalStateException("a bug");
      case "stuck" -> {}
      case "flaky" -> {
        if (flaky.incrementAndGet() < 3) {
          answer.onError(Status.UNAVAILABLE.withDescription("not now").asRuntimeException());
        } else {
          done(answer);
        }
      }
      case "elsewhere" -> {
        trace = "none";
        CompletableFuture.runAsync(
                () -> trace = Span.current().getSpanContext().getTraceId(), executor)
            .join();
        done(answer);
      }
      default -> done(answer);
    }
  }

  private static void done(StreamObserver<ReserveResponse> answer) {
    answer.onNext(ReserveResponse.getDefaultInstance());
    answer.onCompleted();
  }

  @Override
  public StreamObserver<ImportStockRequest> importStock(
      StreamObserver<ImportStockResponse> answer) {
    return new StreamObserver<>() {
      @Override
      public void onNext(ImportStockRequest line) {
        trace = Span.current().getSpanContext().getTraceId();
      }

      @Override
      public void onError(Throwable failure) {}

      @Override
      public void onCompleted() {
        answer.onNext(ImportStockResponse.getDefaultInstance());
        answer.onCompleted();
      }
    };
  }

  @Override
  public StreamObserver<WatchStockRequest> watchStock(StreamObserver<WatchStockResponse> answer) {
    return new StreamObserver<>() {
      @Override
      public void onNext(WatchStockRequest request) {
        answer.onNext(WatchStockResponse.getDefaultInstance());
      }

      @Override
      public void onError(Throwable failure) {}

      @Override
      public void onCompleted() {
        answer.onCompleted();
      }
    };
  }
}
