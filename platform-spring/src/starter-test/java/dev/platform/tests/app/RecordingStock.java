package dev.platform.tests.app;

import dev.platform.contracts.inventory.v1.ImportStockRequest;
import dev.platform.contracts.inventory.v1.ImportStockResponse;
import dev.platform.contracts.inventory.v1.InventoryServiceGrpc.InventoryServiceImplBase;
import dev.platform.contracts.inventory.v1.ReserveRequest;
import dev.platform.contracts.inventory.v1.ReserveResponse;
import dev.platform.contracts.inventory.v1.WatchStockRequest;
import dev.platform.contracts.inventory.v1.WatchStockResponse;
import dev.platform.tests.line.TestGrpcService;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Records what it receives; can stop accepting lines. */
@TestGrpcService
class RecordingStock extends InventoryServiceImplBase {

  final Queue<String> seen = new ConcurrentLinkedQueue<>();
  volatile boolean takesNoMore;
  volatile ServerCallStreamObserver<ImportStockResponse> importing;

  @Override
  public void reserve(ReserveRequest request, StreamObserver<ReserveResponse> answer) {
    seen.add("reserve " + request.getReservationId());
    answer.onNext(ReserveResponse.getDefaultInstance());
    answer.onCompleted();
  }

  @Override
  public StreamObserver<ImportStockRequest> importStock(
      StreamObserver<ImportStockResponse> answer) {
    importing = (ServerCallStreamObserver<ImportStockResponse>) answer;
    importing.disableAutoRequest();
    importing.request(1);
    return new Recorder<>("line", "import over", importing) {
      @Override
      public void onNext(ImportStockRequest line) {
        super.onNext(line);
        if (!takesNoMore) {
          out.request(1);
        }
      }

      @Override
      public void onCompleted() {
        out.onNext(ImportStockResponse.getDefaultInstance());
        super.onCompleted();
      }
    };
  }

  @Override
  public StreamObserver<WatchStockRequest> watchStock(StreamObserver<WatchStockResponse> answer) {
    return new Recorder<>(
        "watch", "watch over", (ServerCallStreamObserver<WatchStockResponse>) answer);
  }

  private class Recorder<Q, A> implements StreamObserver<Q> {

    final ServerCallStreamObserver<A> out;
    private final String each;
    private final String broken;

    Recorder(String each, String broken, ServerCallStreamObserver<A> out) {
      this.each = each;
      this.broken = broken;
      this.out = out;
    }

    @Override
    public void onNext(Q message) {
      seen.add(each);
    }

    @Override
    public void onError(Throwable failure) {
      seen.add(broken);
    }

    @Override
    public void onCompleted() {
      out.onCompleted();
    }
  }
}
