package dev.platform.mall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import dev.platform.contracts.order.v1.CreateOrderResponse;
import dev.platform.contracts.order.v1.OrderStatus;
import io.grpc.Status;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * Services that no order depends on fail under steady orders; each fault stops the only process of
 * a service.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DegradationIT {

  private static final int ORDERS_PER_SECOND = 10;
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private static Mall mall;
  private static AppProcess stock;
  private static AppProcess products;
  private static AppProcess recommendations;

  private final Queue<CreateOrderResponse> answers = new ConcurrentLinkedQueue<>();

  @BeforeAll
  static void open() throws Exception {
    mall = Mall.withEtcd("degradation");
    stock = inventoryAs("inventory-service");
    products = inventoryAs("product-service");
    recommendations = inventoryAs("recommendation-service");
    List<AppProcess> all =
        List.of(stock, products, recommendations, mall.start(App.PAYMENT), mall.start(App.ORDER));
    all.forEach(AppProcess::awaitReady);
    awaitCalled();
  }

  @AfterAll
  static void close() {
    mall.close();
  }

  @Test
  @Order(1)
  void everyOrderSucceedsWithoutRecommendations() throws Exception {
    try (Shopper shopper = mall.shopper()) {
      shopper.warmUp(20);
      LoadReport report = underOrders(shopper, recommendations::freeze);

      Report.line("recommendation-service frozen; orders: %s; %s", report, features());
      assertThat(report.failures()).isEmpty();
      assertMarked("recommendations");

      answers.clear();
      recommendations.thaw();
      report = underOrders(shopper, recommendations::kill);

      Report.line("recommendation-service killed; orders: %s; %s", report, features());
      assertThat(report.failures()).isEmpty();
      assertMarked("recommendations");
    }
  }

  @Test
  @Order(2)
  void ordersOfKnownProductsSucceedWithoutProductService() throws Exception {
    try (Shopper shopper = mall.shopper()) {
      shopper.warmUp(20);
      LoadReport report = underOrders(shopper, products::kill);

      Report.line("product-service killed; orders: %s; %s", report, features());
      assertThat(report.failures()).isEmpty();
      assertMarked("product-details");
      CreateOrderResponse last = last();
      assertThat(last.getPriceAgeSeconds()).isPositive();
      assertThat(last.getTotal().getMinorUnits()).isPositive();
      assertThat(mall.only(App.ORDER).get("/actuator/prometheus").body())
          .contains("mall_degraded_answers_total{");
    }
  }

  @Test
  @Order(3)
  void withoutStockOrdersFailWithTheReason() throws Exception {
    stock.kill();
    try (Shopper shopper = mall.shopper()) {
      ExecutionException failure =
          catchThrowableOfType(ExecutionException.class, () -> shopper.order().get());

      Report.line("inventory-service killed; an order: %s", failure.getCause().getMessage());
      assertThat(Status.fromThrowable(failure).getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    }
  }

  /** Orders continuously; causes the fault after a while. */
  private LoadReport underOrders(Shopper shopper, Runnable harm) {
    try (SteadyLoad orders =
        SteadyLoad.start(ORDERS_PER_SECOND, () -> recordAnswer(shopper.order()))) {
      orders.awaitMore(30, LIMIT);
      harm.run();
      orders.awaitMore(100, LIMIT);
      return orders.stop();
    }
  }

  private ListenableFuture<CreateOrderResponse> recordAnswer(
      ListenableFuture<CreateOrderResponse> call) {
    Futures.addCallback(
        call,
        new FutureCallback<>() {
          @Override
          public void onSuccess(CreateOrderResponse answer) {
            answers.add(answer);
          }

          @Override
          public void onFailure(Throwable failure) {
            // Part of the load's report.
          }
        },
        MoreExecutors.directExecutor());
    return call;
  }

  private void assertMarked(String feature) {
    assertThat(answers)
        .allSatisfy(
            answer -> assertThat(answer.getStatus()).isEqualTo(OrderStatus.ORDER_STATUS_PAID));
    assertThat(answers.stream().skip(answers.size() - 20L))
        .as("the last answers")
        .allSatisfy(answer -> assertThat(answer.getDegradedFeaturesList()).contains(feature))
        .allSatisfy(answer -> assertThat(answer.getRecommendedProductIdsList()).isNotEmpty());
  }

  private CreateOrderResponse last() {
    return answers.stream().skip(answers.size() - 1L).findFirst().orElseThrow();
  }

  private Map<List<String>, Integer> features() {
    Map<List<String>, Integer> counts = new HashMap<>();
    answers.forEach(
        answer -> counts.merge(List.copyOf(answer.getDegradedFeaturesList()), 1, Integer::sum));
    return counts;
  }

  private static AppProcess inventoryAs(String service) {
    mall.configure(App.INVENTORY, Map.of("PLATFORM_REGISTRY_SERVICES", service));
    return mall.start(App.INVENTORY);
  }

  private static void awaitCalled() {
    await("all services are registered")
        .atMost(LIMIT)
        .until(
            () ->
                List.of(App.values()).stream()
                    .flatMap(app -> app.services().stream())
                    .allMatch(service -> mall.addresses(service).size() == 1));
  }
}
