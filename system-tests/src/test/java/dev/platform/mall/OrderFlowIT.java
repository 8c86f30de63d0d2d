package dev.platform.mall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The three jars on etcd and PostgreSQL: the main flow, and etcd's keys during it. */
class OrderFlowIT {

  private static final String ORDERS = "order.v1.OrderService";
  private static final Duration KEYS_GONE = Mall.LEASE_TTL.plusSeconds(2);
  private static final Duration KEYS_BACK = Mall.LEASE_TTL.multipliedBy(2);
  private static final ObjectMapper JSON = new ObjectMapper();

  private static Mall mall;

  @BeforeAll
  static void open() throws Exception {
    mall = Mall.withEtcd("order-flow");
    mall.startAll();
  }

  @AfterAll
  static void close() {
    mall.close();
  }

  @Test
  void aReflectionClientCanOrderThroughTheThreeJars() throws Exception {
    try (GenericClient client = new GenericClient(mall.only(App.ORDER).address())) {
      assertThat(client.services()).contains(ORDERS, "notification.v1.NotificationService");

      JsonNode order =
          client.call(
              ORDERS,
              "CreateOrder",
              """
              {"user_id": "u-1", "items": [{"product_id": "p-1", "quantity": 1},
                                           {"product_id": "p-4", "quantity": 2}]}
              """);
      assertThat(order.path("status").asText()).isEqualTo("ORDER_STATUS_PAID");
      assertThat(order.path("total").path("minor_units").asText()).isEqualTo("4590");

      List<JsonNode> events = new ArrayList<>();
      client.stream(
              ORDERS, "WatchOrder", "{\"order_id\": \"" + order.path("order_id").asText() + "\"}")
          .forEachRemaining(events::add);
      assertThat(events)
          .extracting(event -> event.path("status").asText())
          .containsExactly(
              "ORDER_STATUS_CREATED",
              "ORDER_STATUS_PAID",
              "ORDER_STATUS_SHIPPED",
              "ORDER_STATUS_COMPLETED");
      assertThat(events)
          .extracting(event -> event.path("sequence").asInt())
          .containsExactly(1, 2, 3, 4);
    }
  }

  @Test
  void etcdHoldsTheSevenNamesInTheFormatOfEtcdsOwnGoResolver() throws Exception {
    TreeSet<String> names = new TreeSet<>();
    for (String key : mall.keys()) {
      names.add(key.split("/")[2]);
      JsonNode value = JSON.readTree(mall.etcd().get(key).orElseThrow());
      assertThat(value.path("Op").isInt()).as("Op in %s", value).isTrue();
      assertThat(value.path("Op").asInt()).isZero();
      assertThat(value.path("Metadata").isObject()).as("Metadata in %s", value).isTrue();
      String address = value.path("Addr").asText();
      assertThat(key).endsWith("/" + address);
      assertThatConnects(address);
    }
    assertThat(names)
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(App.values()).flatMap(app -> app.services().stream()).toList());
  }

  @Test
  void anInstanceRegistersItsVersion() throws Exception {
    for (App app : App.values()) {
      try (JarFile jar = new JarFile(app.jar().toFile())) {
        String version =
            jar.getManifest().getMainAttributes().getValue(Attributes.Name.IMPLEMENTATION_VERSION);
        String key = Mall.keysOf(app, mall.running(app).get(0)).get(0);
        JsonNode value = JSON.readTree(mall.etcd().get(key).orElseThrow());
        assertThat(value.path("Metadata").path("version").asText()).isEqualTo(version).isNotEmpty();
      }
    }
  }

  @Test
  void theKeysOfAKilledAppExpireWithItsLease() {
    AppProcess doomed = mall.start(App.PAYMENT);
    doomed.awaitReady();
    mall.awaitRegistered();
    List<String> keys = Mall.keysOf(App.PAYMENT, doomed);

    doomed.kill();
    long killedAt = System.nanoTime();
    await("the killed app's keys are gone")
        .atMost(KEYS_GONE)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> mall.keys().stream().noneMatch(keys::contains));
    Report.line(
        "keys of a killed app deleted after %.1f s (lease %d s)",
        secondsSince(killedAt), Mall.LEASE_TTL.toSeconds());
    mall.awaitRegistered();
  }

  @Test
  void allRegisterAgainAfterEtcdWasWipedAndNoOrderFails() {
    try (Shopper shopper = mall.shopper()) {
      shopper.warmUp(20);
      TreeSet<String> keys = mall.keys();
      try (SteadyLoad orders = SteadyLoad.start(5, shopper::order)) {
        orders.awaitMore(10, Duration.ofSeconds(60));

        mall.wipeEtcd();
        long wipedAt = System.nanoTime();
        await("all keys are back")
            .atMost(KEYS_BACK)
            .pollInterval(Duration.ofMillis(50))
            .untilAsserted(() -> assertThat(mall.keys()).isEqualTo(keys));
        double seconds = secondsSince(wipedAt);

        orders.awaitMore(20, Duration.ofSeconds(60));
        LoadReport report = orders.stop();
        Report.line("all keys back %.1f s after etcd was emptied; orders: %s", seconds, report);
        assertThat(report.failures()).isEmpty();
      }
    }
  }

  private static void assertThatConnects(String address) throws Exception {
    int colon = address.lastIndexOf(':');
    try (Socket socket = new Socket()) {
      socket.connect(
          new InetSocketAddress(
              address.substring(0, colon), Integer.parseInt(address.substring(colon + 1))),
          5000);
    }
  }

  private static double secondsSince(long nanos) {
    return Duration.ofNanos(System.nanoTime() - nanos).toMillis() / 1000.0;
  }
}
