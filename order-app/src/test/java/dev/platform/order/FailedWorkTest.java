package dev.platform.order;

import static dev.platform.contracts.order.v1.OrderStatus.ORDER_STATUS_COMPLETED;
import static dev.platform.contracts.order.v1.OrderStatus.ORDER_STATUS_PAID;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.platform.contracts.order.v1.CreateOrderRequest;
import dev.platform.contracts.order.v1.OrderItem;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Entries that fail by themselves: the others proceed, and these are parked until re-queued. */
@ExtendWith(OutputCaptureExtension.class)
class FailedWorkTest extends EdgeTest {

  @Autowired private MeterRegistry meters;

  private final List<String> triggers = new ArrayList<>();

  @AfterEach
  void acceptAll() {
    triggers.forEach(drop -> jdbc.sql(drop).update());
    triggers.clear();
    requeue("{}");
  }

  @Test
  void aNotificationWhoseRowTheDatabaseRefusesToChangeIsParked(CapturedOutput output) {
    refuse("before update or delete on outbox", "old.user_id = '" + user + "'");
    String poisoned = place(order("p-mug", 1)).getOrderId();
    String other = placeForAnother();

    awaitDelivered(other);
    awaitParked("notification", poisoned + ":2");

    JsonNode entry = parked(poisoned + ":2");
    assertThat(entry.get("reason").asText()).contains("refused by the test");
    assertThat(entry.get("attempts").asInt()).isEqualTo(5);
    assertThat(output.getOut().lines().filter(line -> line.contains(poisoned + ":2 is parked")))
        .hasSize(1)
        .allMatch(line -> line.contains("WARN"));
  }

  @Test
  void aNotificationThatTheDatabaseRefusesToRemoveIsParkedUntilItIsReQueued() {
    String trigger = refuse("before delete on outbox", "old.user_id = '" + user + "'");
    String poisoned = place(order("p-mug", 1)).getOrderId();
    awaitDelivered(placeForAnother());
    // Later notifications of the order don't wait for a parked one.
    awaitParked("notification", poisoned + ":2");
    awaitParked("notification", poisoned + ":4");
    accept(trigger);

    assertThat(requeued("{\"task\": \"notification\", \"id\": \"" + poisoned + ":2\"}"))
        .isEqualTo(1);
    Awaitility.await().atMost(SOON).until(() -> outboxOf(poisoned) == 2);
    assertThat(requeued("{\"task\": \"notification\"}")).isGreaterThanOrEqualTo(2);
    awaitDelivered(poisoned);
    assertThat(failuresOf(poisoned)).isZero();
  }

  @Test
  void aNotificationThatTheServiceFailsAtIsParked() {
    refuse("before insert on notifications", "new.user_id = '" + user + "'");
    String poisoned = place(order("p-mug", 1)).getOrderId();
    awaitDelivered(placeForAnother());

    awaitParked("notification", poisoned + ":2");
    assertThat(parked(poisoned + ":2").get("reason").asText())
        .startsWith("notification-service failed");
  }

  @Test
  void anOrderThatTheDatabaseRefusesToMoveIsParkedAndTheOthersProceed() {
    String trigger =
        refuse(
            "before update on orders",
            "old.user_id = '" + user + "' and new.status = 'SHIPPED' and old.status = 'PAID'");
    String poisoned = place(order("p-mug", 1)).getOrderId();
    awaitStatus(placeForAnother(), ORDER_STATUS_COMPLETED);
    awaitParked("fulfilment", poisoned);
    assertThat(statusOf(poisoned)).isEqualTo(ORDER_STATUS_PAID);
    Awaitility.await()
        .atMost(SOON)
        .untilAsserted(() -> assertThat(gauge("mall.jobs.parked", "fulfilment")).isEqualTo(1));

    accept(trigger);
    assertThat(requeued("{}")).isGreaterThanOrEqualTo(1);

    awaitStatus(poisoned, ORDER_STATUS_COMPLETED);
    assertThat(failuresOf(poisoned)).isZero();
    Awaitility.await()
        .atMost(SOON)
        .untilAsserted(() -> assertThat(gauge("mall.jobs.parked", "fulfilment")).isZero());
  }

  @Test
  void theBacklogIsMeasuredHoweverOftenItIsTried() {
    MALL.withoutNotifications.add(user);
    try {
      String orderId = place(order("p-mug", 1)).getOrderId();
      awaitStatus(orderId, ORDER_STATUS_COMPLETED);

      Awaitility.await()
          .atMost(SOON)
          .untilAsserted(
              () -> {
                assertThat(gauge("mall.jobs.waiting", "notification")).isGreaterThanOrEqualTo(3);
                assertThat(gauge("mall.jobs.oldest.age", "notification")).isGreaterThan(1);
              });
    } finally {
      MALL.withoutNotifications.remove(user);
    }
    Awaitility.await()
        .atMost(SOON)
        .untilAsserted(
            () -> {
              assertThat(gauge("mall.jobs.waiting", "notification")).isZero();
              assertThat(gauge("mall.jobs.oldest.age", "notification")).isZero();
            });
  }

  @Test
  void theListIsBounded() {
    jdbc.sql(
            """
            insert into failed_work (task, entry_id, attempts, reason, retry_at, parked_at)
            select 'recovery', :user || n, 5, 'a test', 'infinity', now()
            from generate_series(1, 1500) n
            """)
        .param("user", user)
        .update();
    try {
      assertThat(json(send(to("/actuator/parked"))).get("entries")).hasSize(100);
      JsonNode list = json(send(to("/actuator/parked?limit=1000")));
      assertThat(list.get("entries")).hasSize(1000);
      assertThat(list.get("more").asBoolean()).isTrue();
    } finally {
      jdbc.sql("delete from failed_work where reason = 'a test'").update();
    }
  }

  @Test
  void explainsWhatIsWrongWithARequest() {
    HttpResponse<String> limit = send(to("/actuator/parked?limit=0"));
    assertThat(limit.statusCode()).isEqualTo(400);
    assertThat(json(limit).get("expected").asText()).isEqualTo("1 to 1000");
    HttpResponse<String> task = requeue("{\"task\": \"cleaning\"}");
    assertThat(task.statusCode()).isEqualTo(400);
    assertThat(json(task).get("expected").asText()).isEqualTo("recovery, fulfilment, notification");
    assertThat(requeue("{\"id\": \"unknown\"}").statusCode()).isEqualTo(404);
  }

  /** Makes the database refuse it; returns the trigger, for {@link #accept}. */
  private String refuse(String event, String when) {
    String name = "refuse_" + UUID.randomUUID().toString().replace('-', '_');
    jdbc.sql(
            """
            create or replace function refuse() returns trigger language plpgsql as
            $$ begin raise exception 'refused by the test'; end $$
            """)
        .update();
    jdbc.sql(
            "create trigger "
                + name
                + " "
                + event
                + " for each row when ("
                + when
                + ") execute function refuse()")
        .update();
    String drop = "drop trigger " + name + event.substring(event.indexOf(" on "));
    triggers.add(drop);
    return drop;
  }

  private void accept(String trigger) {
    jdbc.sql(trigger).update();
    triggers.remove(trigger);
  }

  private String placeForAnother() {
    return orders
        .createOrder(
            CreateOrderRequest.newBuilder()
                .setUserId("u-" + UUID.randomUUID())
                .addItems(OrderItem.newBuilder().setProductId("p-mug").setQuantity(1))
                .build())
        .getOrderId();
  }

  private void awaitDelivered(String orderId) {
    awaitStatus(orderId, ORDER_STATUS_COMPLETED);
    Awaitility.await().atMost(SOON.multipliedBy(3)).until(() -> outboxOf(orderId) == 0);
  }

  private int outboxOf(String orderId) {
    return count("select count(*) from outbox where order_id = ?", orderId);
  }

  private int failuresOf(String orderId) {
    return count("select count(*) from failed_work where entry_id like ? || '%'", orderId);
  }

  private int count(String sql, String parameter) {
    return jdbc.sql(sql).param(parameter).query(Integer.class).single();
  }

  private void awaitParked(String task, String id) {
    Awaitility.await(id + " is parked")
        .atMost(SOON.multipliedBy(3))
        .untilAsserted(() -> assertThat(parked(id).path("task").asText()).isEqualTo(task));
  }

  private JsonNode parked(String id) {
    for (JsonNode entry : json(send(to("/actuator/parked"))).get("entries")) {
      if (entry.get("id").asText().equals(id)) {
        return entry;
      }
    }
    return json("{}");
  }

  private HttpResponse<String> requeue(String json) {
    return send(
        to("/actuator/parked")
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(json)));
  }

  private int requeued(String json) {
    HttpResponse<String> response = requeue(json);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return json(response).get("requeued").asInt();
  }

  private double gauge(String name, String task) {
    return meters.get(name).tag("task", task).gauge().value();
  }
}
