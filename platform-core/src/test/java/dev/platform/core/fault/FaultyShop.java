package dev.platform.core.fault;

import dev.platform.contracts.inventory.v1.ImportStockRequest;
import dev.platform.contracts.inventory.v1.ImportStockResponse;
import dev.platform.contracts.inventory.v1.InventoryServiceGrpc.InventoryServiceImplBase;
import dev.platform.contracts.product.v1.GetProductRequest;
import dev.platform.contracts.product.v1.GetProductResponse;
import dev.platform.contracts.product.v1.ProductServiceGrpc.ProductServiceImplBase;
import dev.platform.core.concurrent.Threads;
import dev.platform.core.fault.Fault.Side;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A server with one handler thread and a channel to it; faults on both sides. */
final class FaultyShop implements AutoCloseable {

  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final ScheduledThreadPoolExecutor timer = newTimer();
  final FaultThreads threads = new FaultThreads(new CountedTimer());
  final Faults faults = new Faults(threads, Clock.systemUTC(), Math::random, meters);

  /** Calls that reached a handler. */
  final AtomicInteger served = new AtomicInteger();

  /** The quantities of an import, in order of arrival. */
  final List<Integer> imported = new CopyOnWriteArrayList<>();

  /** Whether the last handler's context had a deadline. */
  volatile boolean deadlineKnown;

  final ManagedChannel channel;

  private final ExecutorService oneThread = Executors.newSingleThreadExecutor();
  private final Server server;

  FaultyShop() throws IOException {
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
            .executor(oneThread)
            .addService(new Products())
            .addService(new Inventory())
            .addService(new HealthStatusManager().getHealthService())
            .intercept(new FaultServerInterceptor(faults, threads, UnaryOperator.identity()))
            .build()
            .start();
    channel =
        NettyChannelBuilder.forAddress("127.0.0.1", server.getPort())
            .usePlaintext()
            .intercept(new FaultClientInterceptor(faults, threads))
            .build();
  }

  /** Injects a delay, a status or both into calls of a method or service, or into all calls. */
  Fault inject(
      Side side, String method, double ratio, @Nullable Duration delay, @Nullable Code abort) {
    Status status = abort == null ? null : abort.toStatus().withDescription("injected fault");
    return faults.add(new FaultSettings(side, method, null, ratio, delay, status, null));
  }

  @Override
  public void close() {
    channel.shutdownNow();
    server.shutdownNow();
    oneThread.shutdownNow();
    threads.close();
  }

  private static ScheduledThreadPoolExecutor newTimer() {
    ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
    timer.setRemoveOnCancelPolicy(true);
    return timer;
  }

  /** The number of calls that are delayed now. */
  int delayed() {
    return timer.getQueue().size();
  }

  private final class CountedTimer implements Threads {

    private final Threads daemons = Threads.daemons();

    @Override
    public ScheduledExecutorService timer(String name) {
      return timer;
    }

    @Override
    public ExecutorService workers(String prefix) {
      return daemons.workers(prefix);
    }

    @Override
    public void await(Object monitor, long nanos) throws InterruptedException {
      daemons.await(monitor, nanos);
    }
  }

  private final class Products extends ProductServiceImplBase {

    @Override
    public void getProduct(GetProductRequest request, StreamObserver<GetProductResponse> answer) {
      served.incrementAndGet();
      deadlineKnown = Context.current().getDeadline() != null;
      answer.onNext(GetProductResponse.getDefaultInstance());
      answer.onCompleted();
    }
  }

  private final class Inventory extends InventoryServiceImplBase {

    @Override
    public StreamObserver<ImportStockRequest> importStock(
        StreamObserver<ImportStockResponse> answer) {
      served.incrementAndGet();
      return new StreamObserver<>() {

        @Override
        public void onNext(ImportStockRequest line) {
          imported.add(line.getQuantity());
        }

        @Override
        public void onError(Throwable failure) {
          imported.add(-1);
        }

        @Override
        public void onCompleted() {
          answer.onNext(ImportStockResponse.getDefaultInstance());
          answer.onCompleted();
        }
      };
    }
  }
}
