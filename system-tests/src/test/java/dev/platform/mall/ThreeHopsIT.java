package dev.platform.mall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.util.Durations;
import dev.platform.contracts.bank.v1.BankGatewayGrpc;
import dev.platform.contracts.bank.v1.SetBehaviourRequest;
import dev.platform.contracts.order.v1.CreateOrderRequest;
import dev.platform.contracts.order.v1.OrderItem;
import dev.platform.contracts.order.v1.OrderServiceGrpc;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A caller's timeout of three seconds ends its work on every hop, SQL included. */
@Tag("nightly")
class ThreeHopsIT {

  private static final String PRODUCT = "p-4";
  private static final Duration BUDGET = Duration.ofSeconds(3);
  private static final Duration TIMEOUT = Duration.ofSeconds(2);

  private static final Channels channels = new Channels();

  private static Mall mall;

  @BeforeAll
  static void open() throws Exception {
    mall = Mall.withEtcd("three-hops");
    mall.startAll();
    try (Shopper shopper = mall.shopper()) {
      shopper.warmUp(30);
    }
  }

  @AfterAll
  static void close() {
    channels.close();
    mall.close();
  }

  @Test
  void theDeadlineHoldsThroughPaymentToAStalledBank() throws Exception {
    setBankLatency(Duration.ofSeconds(30));
    try {
      assertOneAnswerInTime("order, payment, bank");
    } finally {
      setBankLatency(Duration.ofMillis(20));
    }
  }

  @Test
  void theDeadlineHoldsThroughInventoryToALockedRow() throws Exception {
    try (Connection other = mall.database(App.INVENTORY)) {
      other.setAutoCommit(false);
      lock(other);

      assertOneAnswerInTime("order, inventory, PostgreSQL");

      await("no statement waits for the lock")
          .atMost(TIMEOUT)
          .until(() -> waitingStatements(other) == 0);
      other.rollback();
    }
    try (Shopper shopper = mall.shopper()) {
      shopper.warmUp(10);
    }
  }

  private static void assertOneAnswerInTime(String hops) {
    long start = System.nanoTime();

    StatusRuntimeException answer =
        catchThrowableOfType(StatusRuntimeException.class, ThreeHopsIT::order);

    long answered = System.nanoTime();
    Duration took = Duration.ofNanos(answered - start);
    await("no hop still works on it: " + hops)
        .atMost(TIMEOUT)
        .pollInterval(Duration.ofMillis(20))
        .untilAsserted(() -> assertThat(openCalls()).isEmpty());
    Report.line(
        "%s: %s after %d ms, no hop at work %d ms later",
        hops,
        answer.getStatus().getCode(),
        took.toMillis(),
        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - answered));
    assertThat(answer.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    assertThat(took).isBetween(BUDGET.minusMillis(100), BUDGET.plusMillis(500));
  }

  private static void order() {
    var unused =
        OrderServiceGrpc.newBlockingStub(channels.to(mall.only(App.ORDER).address()))
            .withDeadlineAfter(BUDGET.toMillis(), TimeUnit.MILLISECONDS)
            .createOrder(
                CreateOrderRequest.newBuilder()
                    .setUserId("hurried")
                    .addItems(OrderItem.newBuilder().setProductId(PRODUCT).setQuantity(1))
                    .build());
  }

  /** The in-flight calls in the apps' gRPC servers, without the endless watches. */
  private static Map<String, Integer> openCalls() throws Exception {
    Map<String, Integer> open = new TreeMap<>();
    for (App app : App.values()) {
      JsonNode calls = mall.only(app).platform().path("openCalls");
      calls.fields().forEachRemaining(call -> open.put(call.getKey(), call.getValue().asInt()));
    }
    return open;
  }

  private static void lock(Connection connection) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("select 1 from stock where product_id = ? for update")) {
      statement.setString(1, PRODUCT);
      assertThat(statement.executeQuery().next()).isTrue();
    }
  }

  private static int waitingStatements(Connection connection) throws SQLException {
    try (PreparedStatement statement =
            connection.prepareStatement(
                """
                select count(*) from pg_stat_activity
                where datname = current_database() and wait_event_type = 'Lock'
                """);
        ResultSet count = statement.executeQuery()) {
      count.next();
      return count.getInt(1);
    }
  }

  private static void setBankLatency(Duration latency) {
    var unused =
        BankGatewayGrpc.newBlockingStub(channels.to(mall.only(App.PAYMENT).address()))
            .withDeadlineAfter(20, TimeUnit.SECONDS)
            .setBehaviour(
                SetBehaviourRequest.newBuilder()
                    .setLatency(Durations.fromMillis(latency.toMillis()))
                    .build());
  }
}
