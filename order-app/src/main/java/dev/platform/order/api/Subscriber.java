package dev.platform.order.api;

import dev.platform.contracts.notification.v1.SubscribeRequest;
import dev.platform.contracts.notification.v1.SubscribeResponse;
import dev.platform.order.customer.Ownership;
import dev.platform.order.domain.Mailboxes;
import dev.platform.order.domain.Notification;
import dev.platform.order.domain.NotificationException;
import dev.platform.order.domain.SequencedLog.Head;
import io.grpc.stub.StreamObserver;
import java.util.List;

/**
 * The incoming side of a subscription: the user's name, then acknowledgements. gRPC delivers one
 * message at a time and requests the next after it, so a flood of them queues at the sender.
 */
final class Subscriber implements StreamObserver<SubscribeRequest> {

  private final Mailboxes mailboxes;
  private final Ownership ownership;
  private final LiveStream<Notification, SubscribeResponse> stream;

  Subscriber(
      Mailboxes mailboxes,
      Ownership ownership,
      LiveStream<Notification, SubscribeResponse> stream) {
    this.mailboxes = mailboxes;
    this.ownership = ownership;
    this.stream = stream;
  }

  @Override
  public void onNext(SubscribeRequest request) {
    if (stream.isOver()) {
      return;
    }
    try {
      switch (request.getKindCase()) {
        case USER_ID -> start(request.getUserId());
        case ACKNOWLEDGED_SEQUENCE -> acknowledge(request.getAcknowledgedSequence());
        case KIND_NOT_SET ->
            throw NotificationException.invalid("user_id or acknowledged_sequence is required");
      }
    } catch (RuntimeException e) {
      stream.end(e);
    }
  }

  @Override
  public void onError(Throwable t) {
    stream.end(t);
  }

  @Override
  public void onCompleted() {
    if (stream.key() == null) {
      stream.end(NotificationException.invalid("user_id is required"));
    } else {
      stream.end();
    }
  }

  private void start(String requested) {
    if (stream.key() != null) {
      throw NotificationException.invalid("user_id was already given: " + stream.key());
    }
    String userId = Fields.required("user_id", ownership.userOf("user_id", requested));
    long acknowledged = mailboxes.acknowledged(userId);
    Head head = mailboxes.heads(List.of(userId)).getOrDefault(userId, new Head(0, false));
    stream.start(userId, acknowledged, head);
  }

  private void acknowledge(long sequence) {
    String userId = stream.key();
    if (userId == null) {
      throw NotificationException.invalid("user_id is required first");
    }
    mailboxes.acknowledge(userId, Fields.atLeastZero("acknowledged_sequence", sequence));
  }
}
