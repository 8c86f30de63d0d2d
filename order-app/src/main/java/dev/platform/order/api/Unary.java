package dev.platform.order.api;

import io.grpc.stub.StreamObserver;
import java.util.function.Supplier;

/** Answers a unary call with a value, or with the status of what went wrong. */
final class Unary {

  private Unary() {}

  static <R> void answer(StreamObserver<R> observer, Supplier<R> call) {
    R response;
    try {
      response = call.get();
    } catch (RuntimeException e) {
      observer.onError(Failures.toStatus(e).asRuntimeException());
      return;
    }
    observer.onNext(response);
    observer.onCompleted();
  }
}
