package dev.platform.core.registry;

import dev.platform.core.etcd.EtcdConnection;
import io.etcd.jetcd.api.LeaseKeepAliveRequest;
import io.etcd.jetcd.api.LeaseKeepAliveResponse;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * One renewal on a stream of its own, with a deadline. A long-lived stream can fail silently; a
 * lease needs only one message every few seconds, so it would save nothing.
 */
final class LeaseKeepAliveOnce implements StreamObserver<LeaseKeepAliveResponse> {

  private final EtcdConnection connection;
  private final LongConsumer onAnswer;
  private final Consumer<Status> onFailure;
  private boolean answered;

  private LeaseKeepAliveOnce(
      EtcdConnection connection, LongConsumer onAnswer, Consumer<Status> onFailure) {
    this.connection = connection;
    this.onAnswer = onAnswer;
    this.onFailure = onFailure;
  }

  /**
   * Renews once; passes on the time to live in seconds, 0 for an unknown lease, or the failure, on
   * the connection's thread.
   */
  static void send(
      EtcdConnection connection, long leaseId, LongConsumer onAnswer, Consumer<Status> onFailure) {
    StreamObserver<LeaseKeepAliveRequest> requests =
        connection
            .leaseKeepAlive()
            .leaseKeepAlive(new LeaseKeepAliveOnce(connection, onAnswer, onFailure));
    requests.onNext(LeaseKeepAliveRequest.newBuilder().setID(leaseId).build());
    requests.onCompleted();
  }

  @Override
  public void onNext(LeaseKeepAliveResponse answer) {
    if (!answered) {
      answered = true;
      connection.execute(() -> onAnswer.accept(answer.getTTL()));
    }
  }

  @Override
  public void onError(Throwable failure) {
    fail(Status.fromThrowable(failure));
  }

  @Override
  public void onCompleted() {
    fail(Status.UNAVAILABLE.withDescription("etcd ended the keep-alive without an answer"));
  }

  private void fail(Status status) {
    if (!answered) {
      answered = true;
      connection.execute(() -> onFailure.accept(status));
    }
  }
}
