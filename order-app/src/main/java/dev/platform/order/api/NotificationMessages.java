package dev.platform.order.api;

import dev.platform.contracts.notification.v1.Notification;
import dev.platform.contracts.notification.v1.NotifyRequest;
import dev.platform.contracts.notification.v1.SubscribeResponse;
import dev.platform.order.domain.NotificationException;

/** Maps notifications between the wire and the domain; validates incoming ones. */
final class NotificationMessages {

  private static final int MAX_MESSAGE = 1000;

  private NotificationMessages() {}

  static dev.platform.order.domain.Notification.Draft toDomain(NotifyRequest request) {
    Notification notification = request.getNotification();
    return new dev.platform.order.domain.Notification.Draft(
        Fields.required("notification.notification_id", notification.getNotificationId()),
        Fields.required("notification.user_id", notification.getUserId()),
        message(notification.getMessage()),
        Fields.optional("notification.order_id", notification.getOrderId()));
  }

  static SubscribeResponse toProto(dev.platform.order.domain.Notification notification) {
    return SubscribeResponse.newBuilder()
        .setNotification(
            Notification.newBuilder()
                .setNotificationId(notification.draft().id())
                .setUserId(notification.draft().userId())
                .setMessage(notification.draft().message())
                .setOrderId(notification.draft().orderId())
                .setCreatedAt(notification.createdAt().getEpochSecond())
                .setSequence(notification.sequence()))
        .build();
  }

  private static String message(String message) {
    if (message.isBlank()) {
      throw NotificationException.invalid("notification.message is required");
    }
    int length = message.codePointCount(0, message.length());
    if (length > MAX_MESSAGE) {
      throw NotificationException.invalid(
          "notification.message must be at most " + MAX_MESSAGE + " characters: " + length);
    }
    return Fields.printable("notification.message", message);
  }
}
