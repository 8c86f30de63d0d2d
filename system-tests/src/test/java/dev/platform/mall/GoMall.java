package dev.platform.mall;

import static org.awaitility.Awaitility.await;

import dev.platform.dev.postgres.DevPostgres;
import dev.platform.dev.tracing.SpanReceiver;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A mall whose payments are made in Java and in Go: one instance of each app, and payment-services
 * in Go on payment-app's own database. Everything is traced. Not thread-safe.
 */
final class GoMall implements AutoCloseable {

  private static final int PIECES = 100_000;
  private static final Pattern PAID = Pattern.compile("^paid \\S+$", Pattern.MULTILINE);

  private final Mall mall;
  private final SpanReceiver receiver;
  private final List<AppProcess> goPayments = new ArrayList<>();

  private GoMall(Mall mall, SpanReceiver receiver) {
    this.mall = mall;
    this.receiver = receiver;
  }

  static GoMall open(String name) throws Exception {
    GoPrograms.require();
    SpanReceiver receiver = SpanReceiver.start();
    Mall mall = Mall.withEtcd(name);
    GoMall go = new GoMall(mall, receiver);
    try {
      for (App app : App.values()) {
        mall.configure(app, Line.BOOT3.tracedTo(receiver.endpoint()));
      }
      Map<String, String> order = new HashMap<>(Line.BOOT3.tracedTo(receiver.endpoint()));
      order.put("PLATFORM_GRPC_LOADBALANCING", "round_robin");
      mall.configure(App.ORDER, order);
      mall.startAll();
      new DatabaseAudit(mall).stock(Shopper.PRODUCTS, PIECES);
      return go;
    } catch (Exception | Error e) {
      go.close();
      throw e;
    }
  }

  Mall mall() {
    return mall;
  }

  SpanReceiver receiver() {
    return receiver;
  }

  /** Starts a payment-service in Go, and waits until order-app knows it. */
  AppProcess startGo() {
    String name = "go-payment-" + (goPayments.size() + 1);
    AppProcess payment =
        GoPrograms.serve(
            "payment-service",
            name,
            "-etcd",
            mall.etcd().endpoint().toString(),
            "-database",
            database(mall.jdbcUrl(App.PAYMENT)),
            "-collector",
            receiver.endpoint(),
            "-bank-timeout",
            "15s",
            "-zone",
            "z-go",
            "-lease",
            Long.toString(Mall.LEASE_TTL.toSeconds()));
    goPayments.add(payment);
    awaitKnown(payment);
    return payment;
  }

  /** Waits until order-app's list of payment-service has this instance. */
  void awaitKnown(AppProcess payment) {
    await(payment.name() + " is listed by order-app")
        .atMost(Duration.ofSeconds(30))
        .until(() -> payments().addresses("payment-service").contains(payment.address()));
  }

  /** What order-app knows. */
  PlatformState payments() throws Exception {
    return PlatformState.of(mall.only(App.ORDER));
  }

  /** How many payments a service in Go has logged. */
  static long paid(AppProcess payment) {
    return PAID.matcher(payment.log().text()).results().count();
  }

  /** The same database, as Go's driver names it. */
  private static String database(String jdbcUrl) {
    URI uri = URI.create(jdbcUrl.substring("jdbc:".length()));
    return "postgres://%s:%s@%s:%d%s"
        .formatted(
            DevPostgres.USERNAME,
            DevPostgres.PASSWORD,
            uri.getHost(),
            uri.getPort(),
            uri.getPath());
  }

  @Override
  public void close() {
    goPayments.forEach(AppProcess::close);
    mall.close();
    receiver.close();
  }
}
