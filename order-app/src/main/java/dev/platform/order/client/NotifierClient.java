package dev.platform.order.client;

import dev.platform.contracts.notification.v1.NotificationServiceGrpc.NotificationServiceBlockingStub;
import dev.platform.contracts.notification.v1.NotifyRequest;
import dev.platform.order.domain.Notification;
import dev.platform.order.domain.NotificationException;
import dev.platform.order.domain.Notifier;
import io.grpc.StatusRuntimeException;

/** Sends notifications to notification-service, which any order-app may serve. */
final class NotifierClient implements Notifier {

  static final String SERVICE = "notification-service";

  private final NotificationServiceBlockingStub notifications;

  NotifierClient(NotificationServiceBlockingStub notifications) {
    this.notifications = notifications;
  }

  @Override
  public void notify(Notification.Draft draft) {
    NotifyRequest.Builder request = NotifyRequest.newBuilder();
    request
        .getNotificationBuilder()
        .setNotificationId(draft.id())
        .setUserId(draft.userId())
        .setMessage(draft.message())
        .setOrderId(draft.orderId());
    try {
      notifications.notify(request.build());
    } catch (StatusRuntimeException e) {
      switch (e.getStatus().getCode()) {
        case INVALID_ARGUMENT -> throw NotificationException.invalid(CallFailures.reason(e));
        case ALREADY_EXISTS -> throw NotificationException.idReused(draft.id());
        default -> throw CallFailures.of(SERVICE, e);
      }
    }
  }
}
