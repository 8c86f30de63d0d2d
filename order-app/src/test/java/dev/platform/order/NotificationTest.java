package dev.platform.order;

import static dev.platform.contracts.order.v1.OrderStatus.ORDER_STATUS_COMPLETED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.contracts.notification.v1.Notification;
import dev.platform.contracts.notification.v1.NotificationServiceGrpc;
import dev.platform.contracts.notification.v1.NotificationServiceGrpc.NotificationServiceBlockingStub;
import dev.platform.contracts.notification.v1.NotifyRequest;
import dev.platform.contracts.notification.v1.SubscribeRequest;
import dev.platform.order.api.OpenStreams;
import io.grpc.Status;
import io.grpc.Status.Code;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;

class NotificationTest extends MallTest {

  @Autowired private ApplicationContext context;

  private final NotificationServiceBlockingStub notifications =
      NotificationServiceGrpc.newBlockingStub(CHANNEL);

  @Test
  void notifiesTheUserOfEachStepInOrder() {
    String orderId = place(order("p-mug", 1)).getOrderId();

    Subscription subscription = subscribe();

    subscription.awaitSequences(1L, 2L, 3L);
    assertThat(subscription.received)
        .extracting(Notification::getMessage)
        .containsExactly("Paid, stock confirmed", "Handed to the carrier", "Delivered");
    assertThat(subscription.received).extracting(Notification::getOrderId).containsOnly(orderId);
    assertThat(subscription.received).allMatch(notification -> notification.getCreatedAt() > 0);
    subscription.leave();
  }

  @Test
  void neverBlocksAnOrderAndIsDeliveredLater() {
    MALL.withoutNotifications.add(user);
    String orderId = place(order("p-mug", 1)).getOrderId();
    awaitStatus(orderId, ORDER_STATUS_COMPLETED);
    assertThat(outboxOf(orderId)).isEqualTo(3);

    MALL.withoutNotifications.remove(user);

    Subscription subscription = subscribe();
    subscription.awaitSequences(1L, 2L, 3L);
    Awaitility.await().atMost(SOON).until(() -> outboxOf(orderId) == 0);
    subscription.leave();
  }

  @Test
  void skipsPermanentlyRefusedNotificationsAndDeliversTheRest() {
    MALL.refusedMessages.put(user, messageOf(place(order("p-mug", 1)).getOrderId(), 2));

    String orderId = place(order("p-mug", 1)).getOrderId();

    Awaitility.await()
        .atMost(SOON)
        .until(() -> ordersOfUser().stream().mapToInt(this::undelivered).sum() == 0);
    assertThat(
            jdbc.sql("select reason from parked_work where entry_id like ? || ':%'")
                .param(orderId)
                .query(String.class)
                .list())
        .containsExactly("notification.message is not polite");
  }

  @Test
  void resendsUnacknowledgedNotificationsAfterAReconnect() {
    notify("a", "one");
    notify("b", "two");
    Subscription first = subscribe();
    first.awaitSequences(1L, 2L);
    first.acknowledge(1);
    first.leave();

    Subscription second = subscribe();
    notify("c", "three");
    second.awaitSequences(2L, 3L);
    second.acknowledge(3);
    second.leave();

    Subscription third = subscribe();
    notify("d", "four");
    third.awaitSequences(4L);
    third.leave();
  }

  @Test
  void storesEachNotificationOnce() {
    long first = notify("a", "one");
    long again = notify("a", "one");

    assertThat(again).isEqualTo(first);
    assertThat(notify("b", "two")).isEqualTo(first + 1);
    Status other = statusOf(() -> notify("a", "something else"));
    assertThat(other.getCode()).isEqualTo(Code.ALREADY_EXISTS);
  }

  @Test
  void everySubscriberReceivesAllNotifications() {
    Subscription first = subscribe();
    Subscription second = subscribe();

    notify("a", "one");

    first.awaitSequences(1L);
    second.awaitSequences(1L);
    first.leave();
    second.leave();
  }

  @Test
  void respectsTheBackpressureOfASlowSubscriber() {
    int howMany = 5000;
    notify("first", "one");
    jdbc.sql(
            """
            with added as (
              insert into notifications
                (notification_id, user_id, message, order_id, created_at, sequence)
              select :user || n, :user, repeat('x', 1000), '', now(), n
              from generate_series(2, :howMany) n returning 1)
            update mailboxes set last_sequence = :howMany where user_id = :user
            """)
        .param("user", user)
        .param("howMany", howMany)
        .update();
    Subscription slow = new Subscription(CHANNEL, 1);
    slow.requests.onNext(SubscribeRequest.newBuilder().setUserId(user).build());
    slow.awaitSequences(1L);

    notify("last", "the end");
    slow.call.request(1);
    slow.awaitSequences(1L, 2L);
    slow.call.request(howMany);

    Awaitility.await().atMost(SOON).until(() -> slow.received.size() == howMany + 1);
    assertThat(slow.received)
        .extracting(Notification::getSequence)
        .containsExactlyElementsOf(LongStream.rangeClosed(1, howMany + 1).boxed().toList());
    slow.leave();
  }

  @Test
  void explainsWhatIsWrongWithANotification() {
    assertThat(notifyFailure(Notification.newBuilder()))
        .isEqualTo("notification.notification_id is required");
    assertThat(notifyFailure(Notification.newBuilder().setNotificationId("x")))
        .isEqualTo("notification.user_id is required");
    assertThat(notifyFailure(Notification.newBuilder().setNotificationId("x").setUserId(user)))
        .isEqualTo("notification.message is required");
  }

  @Test
  void explainsWhatIsWrongWithASubscription() {
    assertThat(failureAfter(SubscribeRequest.newBuilder().setAcknowledgedSequence(1)))
        .isEqualTo("user_id is required first");
    assertThat(failureAfter(SubscribeRequest.newBuilder()))
        .isEqualTo("user_id or acknowledged_sequence is required");
    assertThat(failureAfter(SubscribeRequest.newBuilder().setUserId("")))
        .isEqualTo("user_id is required");
    assertThat(
            failureAfter(
                SubscribeRequest.newBuilder().setUserId(user),
                SubscribeRequest.newBuilder().setUserId("u")))
        .isEqualTo("user_id was already given: " + user);
    assertThat(
            failureAfter(
                SubscribeRequest.newBuilder().setUserId(user),
                SubscribeRequest.newBuilder().setAcknowledgedSequence(7)))
        .isEqualTo("acknowledged_sequence has not been sent yet: 7");
    assertThat(failureAfter()).isEqualTo("user_id is required");
    Awaitility.await().atMost(SOON).until(() -> OpenStreams.subscriptions(context) == 0);
  }

  private long notify(String id, String message) {
    return notifications
        .notify(
            NotifyRequest.newBuilder()
                .setNotification(
                    Notification.newBuilder()
                        .setNotificationId(user + id)
                        .setUserId(user)
                        .setMessage(message))
                .build())
        .getSequence();
  }

  private String notifyFailure(Notification.Builder notification) {
    Status status =
        statusOf(
            () ->
                notifications.notify(
                    NotifyRequest.newBuilder().setNotification(notification).build()));
    assertThat(status.getCode()).isEqualTo(Code.INVALID_ARGUMENT);
    return status.getDescription();
  }

  private String failureAfter(SubscribeRequest.Builder... requests) {
    Subscription subscription = new Subscription(CHANNEL);
    for (SubscribeRequest.Builder request : requests) {
      subscription.requests.onNext(request.build());
    }
    if (requests.length == 0) {
      subscription.requests.onCompleted();
    }
    Status end = subscription.awaitEnd();
    assertThat(end.getCode()).isEqualTo(Code.INVALID_ARGUMENT);
    return end.getDescription();
  }

  private String messageOf(String orderId, int sequence) {
    return jdbc.sql("select message from order_events where order_id = ? and sequence = ?")
        .param(orderId)
        .param(sequence)
        .query(String.class)
        .single();
  }

  private int undelivered(String orderId) {
    return jdbc.sql(
            """
            select count(*) from outbox
            where order_id = ? and notification_id not in (select entry_id from parked_work)
            """)
        .param(orderId)
        .query(Integer.class)
        .single();
  }

  private int outboxOf(String orderId) {
    return jdbc.sql("select count(*) from outbox where order_id = ?")
        .param(orderId)
        .query(Integer.class)
        .single();
  }

  private Subscription subscribe() {
    Subscription subscription = new Subscription(CHANNEL);
    subscription.requests.onNext(SubscribeRequest.newBuilder().setUserId(user).build());
    return subscription;
  }
}
