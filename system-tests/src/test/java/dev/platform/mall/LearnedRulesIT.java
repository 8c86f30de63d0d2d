package dev.platform.mall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.util.Durations;
import dev.platform.contracts.bank.v1.BankGatewayGrpc;
import dev.platform.contracts.bank.v1.BankGatewayGrpc.BankGatewayBlockingStub;
import dev.platform.contracts.bank.v1.SetBehaviourRequest;
import dev.platform.contracts.inventory.v1.ImportStockRequest;
import dev.platform.contracts.inventory.v1.ImportStockResponse;
import dev.platform.contracts.inventory.v1.InventoryServiceGrpc;
import dev.platform.contracts.inventory.v1.WatchStockRequest;
import dev.platform.contracts.inventory.v1.WatchStockResponse;
import dev.platform.contracts.money.v1.Money;
import dev.platform.contracts.notification.v1.NotificationServiceGrpc;
import dev.platform.contracts.notification.v1.SubscribeRequest;
import dev.platform.contracts.notification.v1.SubscribeResponse;
import dev.platform.contracts.order.v1.CreateOrderRequest;
import dev.platform.contracts.order.v1.GetOrderRequest;
import dev.platform.contracts.order.v1.OrderItem;
import dev.platform.contracts.order.v1.OrderServiceGrpc;
import dev.platform.contracts.order.v1.OrderServiceGrpc.OrderServiceBlockingStub;
import dev.platform.contracts.order.v1.WatchOrderRequest;
import dev.platform.contracts.payment.v1.PaymentServiceGrpc;
import dev.platform.contracts.payment.v1.VoidPaymentRequest;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.StreamObserver;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What the mode {@code shadow} learns from a running mall is what security-rules.yml says: every
 * pair of a method and a caller, and no other one.
 */
@Tag("nightly")
class LearnedRulesIT {

  private static final String ANY = "any";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final String PRODUCT = "p-4";
  private static final String USER = "ana";

  /** Long enough for an order on a busy machine. */
  private static final Duration RESERVED = Duration.ofSeconds(6);

  /** The bank takes longer than stock is reserved. */
  private static final Duration SLOW = Duration.ofSeconds(10);

  private static SecureMall secure;

  @BeforeAll
  static void open() throws Exception {
    secure = SecureMall.open("learned-rules");
    secure.configureAll(
        Map.of(
            "PLATFORM_SECURITY_AUTHORIZATION_MODE", "shadow",
            "MANAGEMENT_ENDPOINTS_WEB_EXPOSURE_INCLUDE", "health,platform,platformauthorization",
            "PLATFORM_DEADLINE_DEFAULT_TIMEOUT", "60s",
            "MALL_ORDER_PAYMENTTIMEOUT", "60s",
            "MALL_PAYMENT_BANKTIMEOUT", "60s",
            "MALL_INVENTORY_RESERVATIONTTL", RESERVED.toSeconds() + "s",
            "MALL_INVENTORY_EXPIRYINTERVAL", "200ms"));
    // Recovery asks for the payment while the order waits for it.
    secure.configure(App.ORDER, Map.of("MALL_ORDER_RECOVERYAFTER", "3s"));
    secure.mall().startAll();
    try (Shopper shopper = secure.shopper("warm", order())) {
      shopper.warmUp(10);
    }
  }

  @AfterAll
  static void close() {
    secure.close();
  }

  @Test
  void whatIsLearnedIsWhatTheRulesSay() throws Exception {
    customersByTheirProgram();
    customersByThePage();
    ordersThatFail();
    warehouse();
    // Only an order whose payment request was lost on its way is voided.
    var unusedPayment =
        PaymentServiceGrpc.newBlockingStub(
                secure.channel("order-app", secure.app(App.PAYMENT), "payment-service"))
            .withDeadlineAfter(LIMIT.toSeconds(), TimeUnit.SECONDS)
            .voidPayment(
                VoidPaymentRequest.newBuilder()
                    .setOrderId("o-that-was-lost")
                    .setUserId(USER)
                    .setAmount(Money.newBuilder().setMinorUnits(1).setCurrency("EUR"))
                    .build());
    for (App app : App.values()) {
      probes(app);
    }

    await("all is learned")
        .atMost(LIMIT)
        .untilAsserted(() -> assertThat(learned()).isEqualTo(expected()));
    for (App app : App.values()) {
      JsonNode difference = view(app).path("difference");
      assertThat(difference.path("refused")).as(app + " refused").isEmpty();
      assertThat(difference.path("unseen")).as(app + " unseen").isEmpty();
    }
  }

  private static void customersByTheirProgram() throws Exception {
    OrderServiceBlockingStub orders = orders();
    String order = orders.createOrder(oneOf(PRODUCT)).getOrderId();
    var unusedOrder = orders.getOrder(GetOrderRequest.newBuilder().setOrderId(order).build());
    orders
        .watchOrder(WatchOrderRequest.newBuilder().setOrderId(order).build())
        .forEachRemaining(event -> {});
    CompletableFuture<SubscribeResponse> first = new CompletableFuture<>();
    StreamObserver<SubscribeRequest> subscription =
        NotificationServiceGrpc.newStub(
                secure.onBehalfOf(
                    secure.token(USER),
                    secure.channel(SecureMall.CLIENT, order(), "notification-service")))
            .subscribe(new First<>(first));
    subscription.onNext(SubscribeRequest.newBuilder().setUserId(USER).build());
    first.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    subscription.onCompleted();
  }

  private static void customersByThePage() throws Exception {
    assertThat(http(to("/api/products")).statusCode()).isEqualTo(200);
    String body = "{\"items\": [{\"productId\": \"%s\", \"quantity\": 1}]}".formatted(PRODUCT);
    HttpResponse<String> placed =
        http(
            to("/api/orders")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body)));
    assertThat(placed.statusCode()).as(placed.body()).isEqualTo(201);
    String order = "/api/orders/" + JSON.readTree(placed.body()).path("orderId").asText();
    assertThat(http(to(order)).statusCode()).isEqualTo(200);
    assertThat(http(to(order + "/events")).body()).contains("ORDER_STATUS_COMPLETED");
  }

  /** One is declined; the stock of another is gone when it is paid. */
  private static void ordersThatFail() {
    bank(Duration.ofMillis(20), 1);
    assertThat(failed()).isEqualTo(Code.FAILED_PRECONDITION);
    bank(SLOW, 0);
    assertThat(failed()).isEqualTo(Code.FAILED_PRECONDITION);
    bank(Duration.ofMillis(20), 0);
  }

  private static Code failed() {
    return catchThrowableOfType(
            StatusRuntimeException.class, () -> orders().createOrder(oneOf(PRODUCT)))
        .getStatus()
        .getCode();
  }

  private static void bank(Duration latency, double declining) {
    BankGatewayBlockingStub bank =
        BankGatewayGrpc.newBlockingStub(
                secure.onBehalfOf(
                    secure.token("otto", "bank-admin"),
                    secure.channel("bank-operator", secure.app(App.PAYMENT), "bank-gateway")))
            .withDeadlineAfter(LIMIT.toSeconds(), TimeUnit.SECONDS);
    var unused =
        bank.setBehaviour(
            SetBehaviourRequest.newBuilder()
                .setLatency(Durations.fromMillis(latency.toMillis()))
                .setDeclineRatio(declining)
                .build());
  }

  private static void warehouse() throws Exception {
    Channel channel =
        secure.onBehalfOf(
            secure.token("wim", "stock-admin"),
            secure.channel("warehouse", secure.app(App.INVENTORY), "inventory-service"));
    CompletableFuture<ImportStockResponse> imported = new CompletableFuture<>();
    StreamObserver<ImportStockRequest> lines =
        InventoryServiceGrpc.newStub(channel).importStock(new First<>(imported));
    lines.onNext(
        ImportStockRequest.newBuilder()
            .setDeliveryId("d-1")
            .setProductId(PRODUCT)
            .setQuantity(1)
            .build());
    lines.onCompleted();
    assertThat(imported.get(LIMIT.toSeconds(), TimeUnit.SECONDS).getLinesImported()).isOne();
    CompletableFuture<WatchStockResponse> level = new CompletableFuture<>();
    StreamObserver<WatchStockRequest> watch =
        InventoryServiceGrpc.newStub(channel).watchStock(new First<>(level));
    watch.onNext(WatchStockRequest.newBuilder().addSubscribe(PRODUCT).build());
    level.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    watch.onCompleted();
  }

  /** By somebody who proves nothing. */
  private static void probes(App app) throws Exception {
    Channel channel =
        secure.channel(
            secure.certificates().unidentified(), secure.app(app).address(), app.services().get(0));
    for (MethodDescriptor<?, ?> method : HealthGrpc.getServiceDescriptor().getMethods()) {
      EmptyCall.start(channel, method).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }
  }

  // ---- what is expected, and what is learned

  private static Map<String, Set<String>> expected() throws Exception {
    CallRules rules = CallRules.read();
    Map<String, Set<String>> pairs = new TreeMap<>();
    for (App app : App.values()) {
      CallRules.methods(app)
          .forEach(
              method -> {
                CallRules.Rule rule = rules.of(method);
                if (rule != null) {
                  pairs.put(app.id() + " " + method.getFullMethodName(), rule.callers());
                }
              });
    }
    return pairs;
  }

  private static Map<String, Set<String>> learned() throws Exception {
    Map<String, Set<String>> pairs = new TreeMap<>();
    for (App app : App.values()) {
      view(app)
          .path("learned")
          .properties()
          .forEach(
              each -> {
                Set<String> callers = new TreeSet<>();
                each.getValue().forEach(caller -> callers.add(caller.asText()));
                // Others than anybody call it, too: order-app checks the health of slow instances.
                pairs.put(
                    app.id() + " " + each.getKey(), callers.contains(ANY) ? Set.of(ANY) : callers);
              });
    }
    return pairs;
  }

  private static JsonNode view(App app) throws Exception {
    HttpResponse<String> answer = secure.app(app).get("/actuator/platform-authorization");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JSON.readTree(answer.body());
  }

  // ---- calls

  private static AppProcess order() {
    return secure.app(App.ORDER);
  }

  private static OrderServiceBlockingStub orders() {
    return OrderServiceGrpc.newBlockingStub(
            secure.onBehalfOf(
                secure.token(USER), secure.channel(SecureMall.CLIENT, order(), "order-service")))
        .withDeadlineAfter(LIMIT.toSeconds(), TimeUnit.SECONDS);
  }

  private static CreateOrderRequest oneOf(String product) {
    return CreateOrderRequest.newBuilder()
        .addItems(OrderItem.newBuilder().setProductId(product).setQuantity(1))
        .build();
  }

  private static HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + order().httpPort() + path))
        .header("Authorization", "Bearer " + secure.token("ben"))
        .timeout(LIMIT);
  }

  private static HttpResponse<String> http(HttpRequest.Builder request) throws Exception {
    return HTTP.send(request.build(), BodyHandlers.ofString());
  }

  /** The first answer of a stream. */
  private record First<A>(CompletableFuture<A> answer) implements StreamObserver<A> {

    @Override
    public void onNext(A value) {
      answer.complete(value);
    }

    @Override
    public void onError(Throwable failure) {
      answer.completeExceptionally(failure);
    }

    @Override
    public void onCompleted() {
      answer.completeExceptionally(new AssertionError("a stream without answers"));
    }
  }
}
