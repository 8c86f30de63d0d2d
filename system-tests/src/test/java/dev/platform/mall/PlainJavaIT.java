package dev.platform.mall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.platform.contracts.order.v1.CreateOrderResponse;
import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A program without Spring and the mall's apps discover and call each other. */
class PlainJavaIT {

  private static final int ORDERS_PER_SECOND = 10;
  private static final Duration LIMIT = Duration.ofMinutes(2);

  /** Not among the mall's own recommendations. */
  private static final String PRODUCT = "p-21";

  private static Mall mall;

  @BeforeAll
  static void open() throws Exception {
    mall = Mall.withEtcd("plain-java");
    mall.startAll();
  }

  @AfterAll
  static void close() {
    mall.close();
  }

  @Test
  void startsAndStopsUnderLoadWithoutAFailedOrder() throws Exception {
    try (Shopper shopper = mall.shopper();
        AppProcess plain = startPlain()) {
      shopper.warmUp(20);
      await("an order contains its recommendation; log: " + plain.log().path())
          .atMost(LIMIT)
          .until(() -> order(shopper).getRecommendedProductIdsList().equals(List.of(PRODUCT)));
      assertThat(mall.addresses("recommendation-service")).hasSize(2);

      LoadReport report;
      try (SteadyLoad orders = SteadyLoad.start(ORDERS_PER_SECOND, shopper::order)) {
        orders.awaitMore(30, LIMIT);
        assertThat(plain.terminate()).isEqualTo(143);
        orders.awaitMore(30, LIMIT);
        report = orders.stop();
      }
      Report.line("a plain Java recommendation-service leaves; orders: %s", report);
      assertThat(report.failures()).isEmpty();
      assertThat(mall.addresses("recommendation-service")).hasSize(1);
      assertThat(order(shopper).getDegradedFeaturesList()).isEmpty();
    }
  }

  private static CreateOrderResponse order(Shopper shopper)
      throws ExecutionException, InterruptedException {
    return shopper.order().get();
  }

  private static AppProcess startPlain() {
    String classPath =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> !entry.contains("spring"))
            .collect(Collectors.joining(File.pathSeparator));
    return AppProcess.start(
        "plain-java",
        Jvm.command(
            List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx96m", "-cp", classPath),
            List.of(
                PlainRecommendations.class.getName(),
                mall.etcd().endpoint().toString(),
                PRODUCT,
                Mall.LEASE_TTL.toString())),
        Map.of(),
        Path.of("target", "system-tests", "plain-java", "plain-java-1.log"));
  }
}
