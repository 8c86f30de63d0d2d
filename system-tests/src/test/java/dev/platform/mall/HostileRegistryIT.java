package dev.platform.mall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Somebody who may write anything to etcd sends the calls of services elsewhere: no call arrives
 * there.
 */
class HostileRegistryIT {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int PER_SECOND = 10;
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private static SecureMall secure;

  private final Map<String, Impostor> impostors = new TreeMap<>();

  @BeforeAll
  static void open() throws Exception {
    secure = SecureMall.open("hostile-registry");
    secure.mall().startAll();
    new DatabaseAudit(secure.mall()).stock(Shopper.PRODUCTS, 1_000_000);
  }

  @AfterAll
  static void close() {
    secure.close();
  }

  @AfterEach
  void expel() {
    for (Map.Entry<String, Impostor> each : impostors.entrySet()) {
      secure.etcd().process().delete(key("payment-service", each.getValue()));
      each.getValue().close();
    }
    secure.mall().awaitRegistered();
  }

  @Test
  void impostorsGetNoCallAndGoodInstancesGoOn() throws Exception {
    try (Shopper shopper = secure.shopper("ana", secure.app(App.ORDER))) {
      shopper.warmUp(10);
      try (SteadyLoad orders = SteadyLoad.start(PER_SECOND, shopper::order)) {
        orders.awaitMore(PER_SECOND, LIMIT);
        startImpostors();
        for (Impostor each : impostors.values()) {
          secure
              .etcd()
              .process()
              .put(key("payment-service", each), value("payment-service", each, true));
        }
        awaitHandshakes();
        orders.awaitMore(5 * PER_SECOND, LIMIT);
        LoadReport report = orders.stop();

        Report.line(
            "impostors of payment-service: %s handshakes, no calls; orders: %s",
            handshakes(), report);
        assertThat(report.failures()).isEmpty();
        assertNoCalls();
      }
    }
  }

  @Test
  void anImpostorInPlaceOfAllInstancesGetsNoOrder() throws Exception {
    AppProcess payment = secure.app(App.PAYMENT);
    String genuine = "/services/payment-service/" + payment.address();
    try (Shopper shopper = secure.shopper("ana", secure.app(App.ORDER));
        SteadyLoad orders = SteadyLoad.start(PER_SECOND, shopper::order)) {
      startImpostors();
      for (Impostor each : impostors.values()) {
        // The key of the genuine instance sends its calls elsewhere.
        secure.etcd().process().put(genuine, value("payment-service", each, false));
        secure
            .etcd()
            .process()
            .put(key("payment-service", each), value("payment-service", each, false));
        secure.etcd().process().delete(genuine);
        orders.awaitMore(PER_SECOND, LIMIT);
      }
      awaitHandshakes();
      await("the genuine instance has registered again")
          .atMost(LIMIT)
          .until(() -> secure.mall().keys().contains(genuine));
      LoadReport report = orders.stop();

      Report.line("impostors in place of payment-service: orders: %s", report);
      assertNoCalls();
      shopper.warmUp(10);
    }
  }

  @Test
  void anAppsUserWritesNoKeyOfAnotherApp() {
    String address = "127.0.0.1:1";
    for (App writer : App.values()) {
      for (App owner : App.values()) {
        for (String service : owner.services()) {
          String key = "/services/" + service + "/" + address;
          if (writer != owner) {
            assertThat(secure.etcd().put(SecureEtcd.user(writer), key, "{}").getDescription())
                .as(writer + " writes " + key)
                .contains("permission denied");
          }
        }
      }
    }
    assertThat(secure.etcd().put("stranger", "/services/order-service/" + address, "{}").getCode())
        .isNotEqualTo(Status.Code.OK);
  }

  private void startImpostors() throws Exception {
    Certificates certificates = secure.certificates();
    impostors.put("a stranger", Impostor.with(certificates.issue("stranger")));
    impostors.put("another app", Impostor.with(certificates.issue(App.INVENTORY)));
    impostors.put("another authority", Impostor.ofAnotherAuthority(App.PAYMENT));
    impostors.put("plain text", Impostor.inPlaintext());
  }

  private void awaitHandshakes() {
    await("clients have tried to connect")
        .atMost(LIMIT)
        .until(
            () ->
                impostors.entrySet().stream()
                    .filter(each -> !each.getKey().equals("plain text"))
                    .allMatch(each -> each.getValue().handshakes() > 0));
  }

  private Map<String, Integer> handshakes() {
    Map<String, Integer> begun = new TreeMap<>();
    impostors.forEach((name, each) -> begun.put(name, each.handshakes()));
    return begun;
  }

  private void assertNoCalls() {
    List<String> taken = new ArrayList<>();
    impostors.forEach(
        (name, each) -> {
          if (each.calls() > 0) {
            taken.add(name + ": " + each.calls());
          }
        });
    assertThat(taken).isEmpty();
  }

  private static String key(String service, Impostor impostor) {
    return "/services/" + service + "/" + impostor.address();
  }

  /**
   * What a genuine instance has there, with another address.
   *
   * @param tls whether it says that it speaks TLS
   */
  private static String value(String service, Impostor impostor, boolean tls) throws Exception {
    String genuine =
        secure
            .etcd()
            .process()
            .get("/services/" + service + "/" + secure.app(App.PAYMENT).address())
            .orElse("{\"Op\": 0}");
    ObjectNode value = (ObjectNode) JSON.readTree(genuine);
    value.put("Addr", impostor.address());
    if (!tls) {
      value.putNull("Metadata");
    }
    return JSON.writeValueAsString(value);
  }
}
