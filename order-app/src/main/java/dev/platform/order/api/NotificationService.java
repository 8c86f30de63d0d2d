package dev.platform.order.api;

import dev.platform.contracts.notification.v1.NotificationServiceGrpc.NotificationServiceImplBase;
import dev.platform.contracts.notification.v1.NotifyRequest;
import dev.platform.contracts.notification.v1.NotifyResponse;
import dev.platform.contracts.notification.v1.SubscribeRequest;
import dev.platform.contracts.notification.v1.SubscribeResponse;
import dev.platform.order.OrderProperties;
import dev.platform.order.customer.Ownership;
import dev.platform.order.domain.Mailboxes;
import dev.platform.order.domain.Notification;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import java.time.Clock;
import net.devh.boot.grpc.server.service.GrpcService;

/** {@code notification.v1.NotificationService}: stores and delivers notifications. */
@GrpcService
class NotificationService extends NotificationServiceImplBase {

  private final Mailboxes mailboxes;
  private final Clock clock;
  private final Ownership ownership;
  private final OrderEventBroadcaster<Notification, SubscribeResponse> feed;

  NotificationService(
      Mailboxes mailboxes, Clock clock, Ownership ownership, OrderProperties properties) {
    this.mailboxes = mailboxes;
    this.clock = clock;
    this.ownership = ownership;
    this.feed =
        new OrderEventBroadcaster<>(
            "notification-streams",
            mailboxes,
            NotificationMessages::toProto,
            properties.watchInterval());
  }

  @Override
  public void notify(NotifyRequest request, StreamObserver<NotifyResponse> observer) {
    Notification.Draft draft = NotificationMessages.toDomain(request);
    ownership.requireRecipient("notification.user_id", draft.userId());
    long sequence = mailboxes.keep(draft, clock.instant());
    observer.onNext(NotifyResponse.newBuilder().setSequence(sequence).build());
    observer.onCompleted();
  }

  @Override
  public StreamObserver<SubscribeRequest> subscribe(StreamObserver<SubscribeResponse> observer) {
    return new Subscriber(
        mailboxes, ownership, feed.open((ServerCallStreamObserver<SubscribeResponse>) observer));
  }

  int openSubscriptions() {
    return feed.openStreams();
  }

  @PostConstruct
  void startFeed() {
    feed.start();
  }

  @PreDestroy
  void endSubscriptions() {
    feed.close();
  }
}
