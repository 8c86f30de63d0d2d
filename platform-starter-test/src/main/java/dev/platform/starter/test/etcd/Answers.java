package dev.platform.starter.test.etcd;

import io.grpc.stub.StreamObserver;
import java.util.function.Supplier;

/** Turns a result or a refusal into the end of a unary call. */
final class Answers {

  private Answers() {}

  static <T> void reply(StreamObserver<T> observer, Supplier<T> answer) {
    T message;
    try {
      message = answer.get();
    } catch (EtcdFailure failure) {
      observer.onError(failure.error().status().asRuntimeException());
      return;
    }
    observer.onNext(message);
    observer.onCompleted();
  }
}
