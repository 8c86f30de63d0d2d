package dev.platform.mall;

import dev.platform.contracts.product.v1.GetProductRequest;
import dev.platform.contracts.product.v1.GetProductResponse;
import dev.platform.contracts.product.v1.ProductServiceGrpc.ProductServiceImplBase;
import dev.platform.starter.test.collapse.PauseLatch;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * A handler as many are: it waits for one of few connections, works on it, and never asks whether
 * its caller is still there.
 */
final class SlowProducts extends ProductServiceImplBase {

  private static final int CONNECTIONS = 2;
  private static final Duration WORK = Duration.ofMillis(40);

  /** Calls a second. */
  static final double CAPACITY = CONNECTIONS * 1000.0 / WORK.toMillis();

  private final Semaphore connections = new Semaphore(CONNECTIONS, true);
  private final PauseLatch database = new PauseLatch();

  PauseLatch database() {
    return database;
  }

  @Override
  public void getProduct(GetProductRequest request, StreamObserver<GetProductResponse> answer) {
    try {
      connections.acquire();
      try {
        database.pass();
        TimeUnit.NANOSECONDS.sleep(WORK.toNanos());
      } finally {
        connections.release();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      answer.onError(Status.UNAVAILABLE.withDescription("stopping").asRuntimeException());
      return;
    }
    answer.onNext(GetProductResponse.getDefaultInstance());
    answer.onCompleted();
  }
}
