package dev.platform.mall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.util.concurrent.ListenableFuture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A running fleet is secured by restarts alone: from plain text over permissive, with the rules in
 * shadow, to strict and enforced. Each app is replaced after the other while orders come at a fixed
 * rate; {@code -Dmall.rollout.orders} sets it in orders a second.
 */
@Tag("nightly")
class SecurityRolloutIT {

  private static final int PER_SECOND = Integer.getInteger("mall.rollout.orders", 10);
  private static final int MAX_SECONDS_IN_FLIGHT = 2;
  private static final Duration LIMIT = Duration.ofMinutes(3);
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The order in which a fleet is replaced does not matter; each phase has another one. */
  private static final List<List<App>> ORDERS =
      List.of(
          List.of(App.ORDER, App.INVENTORY, App.PAYMENT),
          List.of(App.PAYMENT, App.INVENTORY, App.ORDER));

  private static final Map<String, String> PERMISSIVE =
      Map.of(
          "PLATFORM_SECURITY_TRANSPORT_MODE", "permissive",
          "PLATFORM_SECURITY_AUTHORIZATION_MODE", "shadow",
          "MANAGEMENT_ENDPOINTS_WEB_EXPOSURE_INCLUDE", "health,platformauthorization",
          "MALL_IDENTITY", "open");
  private static final Map<String, String> STRICT =
      Map.of(
          "PLATFORM_SECURITY_TRANSPORT_MODE", "strict",
          "PLATFORM_SECURITY_AUTHORIZATION_MODE", "enforce",
          "MANAGEMENT_ENDPOINTS_WEB_EXPOSURE_INCLUDE", "health,platformauthorization",
          "MALL_IDENTITY", "required");

  private static SecureMall secure;
  private static final AtomicReference<Shopper> shopper = new AtomicReference<>();
  private static final List<Shopper> shoppers = new ArrayList<>();

  @BeforeAll
  static void open() throws Exception {
    secure = SecureMall.open("security-rollout");
    for (App app : App.values()) {
      secure.configurePlaintext(app, Map.of());
    }
    secure.mall().startAll();
    new DatabaseAudit(secure.mall()).stock(Shopper.PRODUCTS, 1_000_000);
  }

  @AfterAll
  static void close() {
    shoppers.forEach(Shopper::close);
    secure.close();
  }

  @Test
  void noOrderFailsWhileAFleetIsSecured() throws Exception {
    use(new Shopper(secure.app(App.ORDER).address()));
    shopper.get().warmUp(20);
    try (SteadyLoad orders =
        SteadyLoad.start(
            PER_SECOND, MAX_SECONDS_IN_FLIGHT * PER_SECOND, SecurityRolloutIT::order)) {
      orders.awaitMore(PER_SECOND, LIMIT);

      secure.configureAll(PERMISSIVE);
      for (App app : ORDERS.get(0)) {
        // A customer's program that knows nothing of TLS goes on.
        replace(app, orders, false);
      }
      use(secure.shopper("ana", secure.app(App.ORDER)));
      orders.awaitMore(5 * PER_SECOND, LIMIT);
      assertThat(orders.soFar().failures()).isEmpty();
      for (App app : App.values()) {
        assertThat(authorization(app)).isEqualTo("shadow");
      }

      secure.configureAll(STRICT);
      for (App app : ORDERS.get(1)) {
        replace(app, orders, true);
      }
      orders.awaitMore(5 * PER_SECOND, LIMIT);
      LoadReport report = orders.stop();

      Report.line("from plain text to strict at %d orders a second: %s", PER_SECOND, report);
      assertThat(report.failures()).isEmpty();
      for (App app : App.values()) {
        assertThat(authorization(app)).isEqualTo("enforce");
        assertThat(secure.app(app).log().text()).doesNotContain("\"decision\":\"refused\"");
      }
    }
  }

  private static ListenableFuture<?> order() {
    return shopper.get().order();
  }

  private static void use(Shopper next) {
    shoppers.add(next);
    shopper.set(next);
  }

  /** As a rolling update does: the new instance is ready before the old one ends. */
  private static void replace(App app, SteadyLoad orders, boolean tls) throws Exception {
    Mall mall = secure.mall();
    AppProcess old = mall.only(app);
    AppProcess next = mall.start(app);
    next.awaitReady();
    mall.awaitRegistered();
    if (app == App.ORDER) {
      Shopper at = tls ? secure.shopper("ana", next) : new Shopper(next.address());
      await("the new order-app answers")
          .atMost(LIMIT)
          .ignoreExceptions()
          .until(() -> !at.order().get().getOrderId().isEmpty());
      use(at);
    }
    orders.awaitMore(3 * PER_SECOND, LIMIT);
    assertThat(old.terminate()).as("exit code of " + old.name()).isIn(0, 143);
    orders.awaitMore(3 * PER_SECOND, LIMIT);
    assertThat(orders.soFar().failures()).as("orders after %s was replaced", app).isEmpty();
  }

  private static String authorization(App app) throws Exception {
    JsonNode view = JSON.readTree(secure.app(app).get("/actuator/platform-authorization").body());
    return view.path("mode").asText();
  }
}
