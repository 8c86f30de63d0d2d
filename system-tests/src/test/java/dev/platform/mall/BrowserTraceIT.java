package dev.platform.mall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.platform.dev.hosting.SharedService;
import dev.platform.dev.tracing.DevTracing;
import dev.platform.dev.tracing.DevTracingProperties;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Test;

/**
 * A user orders on the page and views the order's trace from the click to the bank. The apps, the
 * collector and Zipkin are set up as in the demo.
 */
class BrowserTraceIT {

  private static final Path FOLDER = Path.of("target", "system-tests", "browser-trace");
  private static final Path PICTURES =
      Path.of(System.getProperty("mall.pictures", "target/screenshots"));
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private static final Duration TIMEOUT = Duration.ofSeconds(8);

  /** Rows of Zipkin's page, from the top; Zipkin lower-cases names. */
  private static final String[] WATERFALL = {
    "order-app: post /api/orders",
    "order-app: order.v1.orderservice/createorder",
    "order-app: check_inventory",
    "order-app: inventory.v1.inventoryservice/reserve",
    "inventory-app: inventory.v1.inventoryservice/reserve",
    "order-app: insert_order_to_db",
    "order-app: payment.v1.paymentservice/createpayment",
    "payment-app: payment.v1.paymentservice/createpayment",
    "payment-app: bank.v1.bankgateway/charge",
    "payment-app: bank.v1.bankgateway/charge"
  };

  @Test
  void theLinkOnThePageShowsTheTraceFromTheClickToTheBank() throws Exception {
    Browser.require();
    InetSocketAddress otlp = new InetSocketAddress(InetAddress.getLoopbackAddress(), Ports.free());
    try (Zipkin zipkin = Zipkin.start(FOLDER.resolve("zipkin.log"));
        SharedService collector =
            DevTracing.at(otlp, new DevTracingProperties(true, zipkin.url(), 200));
        Mall mall = Mall.withEtcd("browser-trace")) {
      collector.start();
      for (App app : App.values()) {
        mall.configure(app, environment(otlp.getPort(), zipkin));
      }
      mall.startAll();
      zipkin.awaitReady();
      try (Browser browser = Browser.start(1280, 1080)) {
        placeAnOrder(browser, mall.only(App.ORDER));
        browser.screenshot(PICTURES.resolve("shop.png"));
        long clickedAt = System.nanoTime();
        browser.follow("#trace-link");

        assertThat(browser.url()).matches(zipkin.url() + "/zipkin/traces/[0-9a-f]{32}");
        int reloads = awaitWaterfall(browser);
        Report.line(
            "the waterfall is shown %.1f s after the click and %d page reloads",
            (System.nanoTime() - clickedAt) / 1e9, reloads);
        browser.screenshot(PICTURES.resolve("waterfall.png"));
      }
    }
  }

  private static void placeAnOrder(Browser browser, AppProcess order) {
    browser.open("http://127.0.0.1:" + order.httpPort() + "/");
    browser.find("[data-product=p-4] button").click();
    browser.find("#place").click();
    browser.find("#order");
  }

  /** Zipkin does not refresh its page by itself; a busy machine may need a reload. */
  private static int awaitWaterfall(Browser browser) {
    AtomicInteger reloads = new AtomicInteger(-1);
    await("the waterfall")
        .atMost(LIMIT)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(1))
        .ignoreExceptionsInstanceOf(ConditionTimeoutException.class)
        .untilAsserted(
            () -> {
              if (reloads.incrementAndGet() > 0) {
                browser.reload();
              }
              browser.awaitLines(WATERFALL, TIMEOUT);
            });
    return reloads.get();
  }

  /** The demo's settings of its apps. */
  private static Map<String, String> environment(int otlpPort, Zipkin zipkin) {
    return Map.of(
        "MANAGEMENT_TRACING_SAMPLING_PROBABILITY",
        "1.0",
        "MANAGEMENT_OTLP_TRACING_ENDPOINT",
        "http://127.0.0.1:" + otlpPort,
        "MANAGEMENT_OTLP_TRACING_TRANSPORT",
        "grpc",
        "MANAGEMENT_TRACING_OPENTELEMETRY_EXPORT_SCHEDULEDELAY",
        "200ms",
        "MALL_EDGE_TRACEURL",
        zipkin.url() + "/zipkin/traces/{trace-id}");
  }
}
