package dev.platform.order;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.contracts.notification.v1.Notification;
import dev.platform.contracts.notification.v1.NotificationServiceGrpc;
import dev.platform.contracts.notification.v1.SubscribeRequest;
import dev.platform.contracts.notification.v1.SubscribeResponse;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;

/** A subscriber to notifications, and the messages it has received. */
final class Subscription implements ClientResponseObserver<SubscribeRequest, SubscribeResponse> {

  final List<Notification> received = new CopyOnWriteArrayList<>();
  final AtomicReference<Status> end = new AtomicReference<>();
  final int taken;
  final StreamObserver<SubscribeRequest> requests;
  ClientCallStreamObserver<SubscribeRequest> call;

  /** Accepts all messages. */
  Subscription(Channel channel) {
    this(channel, 0);
  }

  /** Requests {@code taken} messages, more on demand; 0 accepts all. */
  Subscription(Channel channel, int taken) {
    this.taken = taken;
    this.requests = NotificationServiceGrpc.newStub(channel).subscribe(this);
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<SubscribeRequest> started) {
    call = started;
    if (taken > 0) {
      started.disableAutoRequestWithInitial(taken);
    }
  }

  void acknowledge(long sequence) {
    requests.onNext(SubscribeRequest.newBuilder().setAcknowledgedSequence(sequence).build());
  }

  /** Half-closes; afterwards the service has received every acknowledgement. */
  void leave() {
    requests.onCompleted();
    assertThat(awaitEnd().isOk()).isTrue();
  }

  void awaitSequences(Long... sequences) {
    Awaitility.await()
        .atMost(MallTest.SOON)
        .untilAsserted(
            () ->
                assertThat(received)
                    .extracting(Notification::getSequence)
                    .containsExactly(sequences));
  }

  Status awaitEnd() {
    return Awaitility.await().atMost(MallTest.SOON).until(end::get, status -> status != null);
  }

  @Override
  public void onNext(SubscribeResponse response) {
    received.add(response.getNotification());
  }

  @Override
  public void onError(Throwable t) {
    end.set(Status.fromThrowable(t));
  }

  @Override
  public void onCompleted() {
    end.set(Status.OK);
  }
}
