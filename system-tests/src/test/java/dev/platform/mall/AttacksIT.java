package dev.platform.mall;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.platform.contracts.bank.v1.BankGatewayGrpc;
import dev.platform.contracts.bank.v1.ChargeRequest;
import dev.platform.contracts.inventory.v1.ImportStockRequest;
import dev.platform.contracts.inventory.v1.InventoryServiceGrpc;
import dev.platform.contracts.money.v1.Money;
import dev.platform.contracts.notification.v1.Notification;
import dev.platform.contracts.notification.v1.NotificationServiceGrpc;
import dev.platform.contracts.notification.v1.NotifyRequest;
import dev.platform.contracts.notification.v1.SubscribeRequest;
import dev.platform.contracts.notification.v1.SubscribeResponse;
import dev.platform.contracts.order.v1.CreateOrderRequest;
import dev.platform.contracts.order.v1.GetOrderRequest;
import dev.platform.contracts.order.v1.OrderItem;
import dev.platform.contracts.order.v1.OrderServiceGrpc;
import dev.platform.contracts.order.v1.OrderServiceGrpc.OrderServiceBlockingStub;
import dev.platform.contracts.order.v1.WatchOrderRequest;
import dev.platform.contracts.payment.v1.PaymentServiceGrpc;
import dev.platform.contracts.payment.v1.RefundPaymentRequest;
import dev.platform.core.outcome.Rejection;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What whoever reached a port of the open mall could do, tried at the secured one: by a stranger
 * with a valid certificate, by other workloads, and by a customer against another one.
 */
class AttacksIT {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final String STRANGER = "stranger";
  private static final String VICTIM = "ana";
  private static final String ATTACKER = "mallory";
  private static final String PRODUCT = "p-4";

  /** More than Tomcat has threads. */
  private static final int SLOW_POSTS = 230;

  private static final int HURRIED_CALLS = 12;

  private static SecureMall secure;
  private static String victimsOrder;

  @BeforeAll
  static void open() throws Exception {
    secure = SecureMall.open("attacks");
    secure.mall().startAll();
    try (Shopper shopper = secure.shopper(VICTIM, order())) {
      shopper.warmUp(5);
      victimsOrder = shopper.order().get().getOrderId();
    }
    await("ana has a completed order")
        .atMost(LIMIT)
        .until(() -> ordersOf(VICTIM).getOrder(get(victimsOrder)).getStatusValue() >= 4);
  }

  @AfterAll
  static void close() {
    secure.close();
  }

  @Test
  void nobodyButTheWarehouseImportsStock() throws Exception {
    String before = value(App.INVENTORY, "select sum(available + reserved + sold) from stock");
    for (String workload :
        List.of(STRANGER, SecureMall.CLIENT, "order-app", "payment-app", "bank-operator")) {
      assertRefused(
          importStock(
              secure.onBehalfOf(secure.token(ATTACKER, "stock-admin"), inventory(workload))),
          Code.PERMISSION_DENIED);
    }
    assertRefused(importStock(inventory("warehouse")), Code.UNAUTHENTICATED);
    assertRefused(
        importStock(secure.onBehalfOf(secure.token(ATTACKER), inventory("warehouse"))),
        Code.PERMISSION_DENIED);
    assertThat(value(App.INVENTORY, "select sum(available + reserved + sold) from stock"))
        .isEqualTo(before);

    assertThat(
            importStock(
                    secure.onBehalfOf(secure.token("wim", "stock-admin"), inventory("warehouse")))
                .getStatus()
                .getCode())
        .isEqualTo(Code.OK);
  }

  @Test
  void nobodyButOrderAppRefunds() throws Exception {
    String charged = "select status from payment where order_id = '%s'".formatted(victimsOrder);
    for (String workload : List.of(STRANGER, SecureMall.CLIENT, "inventory-app", "payment-app")) {
      Channel channel = secure.channel(workload, payment(), "payment-service");
      assertRefused(
          () ->
              PaymentServiceGrpc.newBlockingStub(channel)
                  .withDeadlineAfter(LIMIT.toSeconds(), TimeUnit.SECONDS)
                  .refundPayment(
                      RefundPaymentRequest.newBuilder().setOrderId(victimsOrder).build()),
          Code.PERMISSION_DENIED);
    }
    assertThat(value(App.PAYMENT, charged)).isEqualTo("CHARGED");
  }

  @Test
  void nobodyButPaymentAppCharges() throws Exception {
    for (String workload : List.of(STRANGER, SecureMall.CLIENT, "order-app", "bank-operator")) {
      Channel channel = secure.channel(workload, payment(), "bank-gateway");
      assertRefused(
          () ->
              BankGatewayGrpc.newBlockingStub(channel)
                  .withDeadlineAfter(LIMIT.toSeconds(), TimeUnit.SECONDS)
                  .charge(
                      ChargeRequest.newBuilder()
                          .setReference("stolen-by-" + workload)
                          .setAccount(VICTIM)
                          .setAmount(Money.newBuilder().setMinorUnits(1).setCurrency("EUR"))
                          .build()),
          Code.PERMISSION_DENIED);
    }
    assertThat(
            value(
                App.PAYMENT, "select count(*) from bank_charge where reference like 'stolen-by-%'"))
        .isEqualTo("0");
  }

  @Test
  void anothersNotificationsAreNeitherReadNorAcknowledgedNorForged() throws Exception {
    String acknowledged =
        "select acknowledged_sequence from mailboxes where user_id = '%s'".formatted(VICTIM);
    await("ana has notifications")
        .atMost(LIMIT)
        .until(
            () ->
                Long.parseLong(
                        value(
                            App.ORDER,
                            "select count(*) from notifications where user_id = '%s'"
                                .formatted(VICTIM)))
                    > 0);
    String before = value(App.ORDER, acknowledged);

    Listening attacker = new Listening(notifications(ATTACKER));
    attacker.requests.onNext(SubscribeRequest.newBuilder().setUserId(VICTIM).build());
    attacker.requests.onNext(SubscribeRequest.newBuilder().setAcknowledgedSequence(1).build());
    assertThat(attacker.end().getCode()).isEqualTo(Code.PERMISSION_DENIED);
    assertThat(attacker.received).isEmpty();

    Listening nobody =
        new Listening(secure.channel(SecureMall.CLIENT, order(), "notification-service"));
    nobody.requests.onNext(SubscribeRequest.newBuilder().setUserId(VICTIM).build());
    assertThat(nobody.end().getCode()).isEqualTo(Code.UNAUTHENTICATED);

    assertRefused(
        () ->
            NotificationServiceGrpc.newBlockingStub(notifications(ATTACKER))
                .withDeadlineAfter(LIMIT.toSeconds(), TimeUnit.SECONDS)
                .notify(
                    NotifyRequest.newBuilder()
                        .setNotification(
                            Notification.newBuilder()
                                .setNotificationId("forged")
                                .setUserId(VICTIM)
                                .setMessage("Send money to a stranger"))
                        .build()),
        Code.PERMISSION_DENIED);
    assertThat(value(App.ORDER, acknowledged)).isEqualTo(before);
    assertThat(
            value(App.ORDER, "select count(*) from notifications where notification_id = 'forged'"))
        .isEqualTo("0");
  }

  @Test
  void nobodyOrdersInAnothersNameOverGrpc() throws Exception {
    String orders = "select count(*) from orders where user_id = '%s'".formatted(VICTIM);
    String before = value(App.ORDER, orders);

    assertThat(codeOf(() -> ordersOf(ATTACKER).createOrder(orderFor(VICTIM))))
        .isEqualTo(Code.PERMISSION_DENIED);
    assertRefused(
        () ->
            OrderServiceGrpc.newBlockingStub(
                    secure.channel(SecureMall.CLIENT, order(), "order-service"))
                .withDeadlineAfter(LIMIT.toSeconds(), TimeUnit.SECONDS)
                .createOrder(orderFor(VICTIM)),
        Code.UNAUTHENTICATED);

    assertThat(value(App.ORDER, orders)).isEqualTo(before);
  }

  @Test
  void anothersOrderDoesNotExist() {
    OrderServiceBlockingStub attacker = ordersOf(ATTACKER);

    assertThat(codeOf(() -> attacker.getOrder(get(victimsOrder)))).isEqualTo(Code.NOT_FOUND);
    assertThat(
            codeOf(
                () ->
                    attacker
                        .watchOrder(WatchOrderRequest.newBuilder().setOrderId(victimsOrder).build())
                        .next()))
        .isEqualTo(Code.NOT_FOUND);
    assertThat(ordersOf(VICTIM).getOrder(get(victimsOrder)).getUserId()).isEqualTo(VICTIM);
  }

  @Test
  void anothersOrderDoesNotExistOverHttpAndNobodyOrdersInAnothersName() throws Exception {
    String token = "Bearer " + secure.token(ATTACKER);
    UnaryOperator<HttpRequest.Builder> asAttacker =
        request -> request.header("Authorization", token);
    String body = "{\"userId\": \"%s\", \"items\": [{\"productId\": \"%s\", \"quantity\": 1}]}";
    String order = "/api/orders/" + victimsOrder;

    assertThat(get(order, asAttacker).statusCode()).isEqualTo(404);
    assertThat(get(order + "/events", asAttacker).statusCode()).isEqualTo(404);
    assertThat(post("/api/orders", body.formatted(VICTIM, PRODUCT), asAttacker).statusCode())
        .isEqualTo(403);
    assertThat(get(order, UnaryOperator.identity()).statusCode()).isEqualTo(401);
    assertThat(
            post("/api/orders", body.formatted(VICTIM, PRODUCT), UnaryOperator.identity())
                .statusCode())
        .isEqualTo(401);

    String cookie = guest();
    UnaryOperator<HttpRequest.Builder> asGuest =
        request -> request.header("Cookie", cookie).header("X-Mall-Request", "1");
    assertThat(get(order, asGuest).statusCode()).isEqualTo(404);
    assertThat(get(order + "/events", asGuest).statusCode()).isEqualTo(404);
    assertThat(post("/api/orders", body.formatted(VICTIM, PRODUCT), asGuest).statusCode())
        .isEqualTo(403);
    HttpResponse<String> own = post("/api/orders", body.formatted("", PRODUCT), asGuest);
    assertThat(own.statusCode()).as(own.body()).isEqualTo(201);
  }

  @Test
  void nobodyOpensABreakerByTheActuator() throws Exception {
    for (String state : List.of("FORCE_OPEN", "DISABLE")) {
      HttpResponse<String> answer =
          post(
              "/actuator/circuitbreakers/payment-service",
              JSON.writeValueAsString(Map.of("updateState", state)),
              UnaryOperator.identity());
      assertThat(answer.statusCode()).isBetween(400, 499);
    }

    assertThat(new Meters(order()).breaker("payment-service")).isEqualTo("CLOSED");
    assertAnOrderSucceeds();
  }

  @Test
  void slowPostsStopNeitherLivenessNorCustomers() throws Exception {
    List<Socket> slow = new ArrayList<>();
    try {
      for (int i = 0; i < SLOW_POSTS; i++) {
        slow.add(slowPost());
      }

      for (String probe : List.of("liveness", "readiness")) {
        assertThat(get("/actuator/health/" + probe, UnaryOperator.identity()).statusCode())
            .isEqualTo(200);
      }
      assertAnOrderSucceeds();
    } finally {
      for (Socket socket : slow) {
        socket.close();
      }
    }
  }

  private static Socket slowPost() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), order().httpPort());
    socket
        .getOutputStream()
        .write(
            ("POST /api/orders HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                    + "Content-Length: 1000\r\n\r\n{")
                .getBytes(US_ASCII));
    return socket;
  }

  @Test
  void callsWithTinyDeadlinesOpenNoBreaker() throws Exception {
    String token = secure.token(ATTACKER);
    Channel channel =
        secure.onBehalfOf(token, secure.channel(SecureMall.CLIENT, order(), "order-service"));
    CreateOrderRequest request = orderFor(ATTACKER);
    int late = 0;
    for (int millis = 1; millis <= HURRIED_CALLS; millis++) {
      OrderServiceBlockingStub hurried =
          OrderServiceGrpc.newBlockingStub(channel)
              .withDeadlineAfter(millis, TimeUnit.MILLISECONDS);
      late += codeOf(() -> hurried.createOrder(request)) == Code.DEADLINE_EXCEEDED ? 1 : 0;
      int timeout = millis;
      post(
          "/api/orders",
          "{\"items\": [{\"productId\": \"%s\", \"quantity\": 1}]}".formatted(PRODUCT),
          http ->
              http.header("Authorization", "Bearer " + token)
                  .header("Grpc-Timeout", timeout + "m"));
    }

    assertThat(late).isPositive();
    for (String service : List.of("payment-service", "inventory-service", "product-service")) {
      assertThat(new Meters(order()).breaker(service)).as(service).isEqualTo("CLOSED");
    }
    assertThat(new Meters(payment()).breaker("bank-gateway")).isEqualTo("CLOSED");
    assertAnOrderSucceeds();
  }

  @Test
  void refusalsAreInTheAuditLogWithoutTokensOrNames() throws Exception {
    String token = secure.token("a-name-that-is-logged-nowhere");
    Channel channel =
        secure.onBehalfOf(token, secure.channel(STRANGER, payment(), "payment-service"));

    assertRefused(
        () ->
            PaymentServiceGrpc.newBlockingStub(channel)
                .withDeadlineAfter(LIMIT.toSeconds(), TimeUnit.SECONDS)
                .refundPayment(RefundPaymentRequest.getDefaultInstance()),
        Code.PERMISSION_DENIED);

    await("the refusal is in the audit log")
        .atMost(LIMIT)
        .until(
            () ->
                payment()
                    .log()
                    .text()
                    .lines()
                    .anyMatch(
                        line ->
                            line.contains("\"caller\":\"stranger\"")
                                && line.contains("payment.v1.PaymentService/RefundPayment")
                                && line.contains("\"decision\":\"refused\"")));
    assertThat(payment().log().text()).doesNotContain(token, "a-name-that-is-logged-nowhere");
    assertThat(order().log().text()).doesNotContain(token);
  }

  // ---- calls

  private static AppProcess order() {
    return secure.app(App.ORDER);
  }

  private static AppProcess payment() {
    return secure.app(App.PAYMENT);
  }

  private static Channel inventory(String workload) {
    return secure.channel(workload, secure.app(App.INVENTORY), "inventory-service");
  }

  private static Channel notifications(String user) {
    return secure.onBehalfOf(
        secure.token(user), secure.channel(SecureMall.CLIENT, order(), "notification-service"));
  }

  private static OrderServiceBlockingStub ordersOf(String user) {
    Channel channel = secure.channel(SecureMall.CLIENT, order(), "order-service");
    return OrderServiceGrpc.newBlockingStub(secure.onBehalfOf(secure.token(user), channel))
        .withDeadlineAfter(LIMIT.toSeconds(), TimeUnit.SECONDS);
  }

  private static void assertAnOrderSucceeds() {
    assertThat(ordersOf(VICTIM).createOrder(orderFor(VICTIM)).getOrderId()).isNotEmpty();
  }

  private static CreateOrderRequest orderFor(String user) {
    return CreateOrderRequest.newBuilder()
        .setUserId(user)
        .addItems(OrderItem.newBuilder().setProductId(PRODUCT).setQuantity(1))
        .build();
  }

  private static GetOrderRequest get(String orderId) {
    return GetOrderRequest.newBuilder().setOrderId(orderId).build();
  }

  private static StatusRuntimeException importStock(Channel channel) throws Exception {
    CompletableFuture<StatusRuntimeException> end = new CompletableFuture<>();
    StreamObserver<ImportStockRequest> lines =
        InventoryServiceGrpc.newStub(channel)
            .withDeadlineAfter(LIMIT.toSeconds(), TimeUnit.SECONDS)
            .importStock(
                new StreamObserver<>() {

                  @Override
                  public void onNext(
                      dev.platform.contracts.inventory.v1.ImportStockResponse response) {}

                  @Override
                  public void onError(Throwable failure) {
                    end.complete((StatusRuntimeException) failure);
                  }

                  @Override
                  public void onCompleted() {
                    end.complete(Status.OK.asRuntimeException());
                  }
                });
    lines.onNext(
        ImportStockRequest.newBuilder()
            .setDeliveryId("stolen")
            .setProductId(PRODUCT)
            .setQuantity(1)
            .build());
    lines.onCompleted();
    return end.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
  }

  /** A subscription to notifications. */
  private static final class Listening implements StreamObserver<SubscribeResponse> {

    final List<SubscribeResponse> received = new ArrayList<>();
    final StreamObserver<SubscribeRequest> requests;
    private final CompletableFuture<Status> end = new CompletableFuture<>();

    Listening(Channel channel) {
      requests =
          NotificationServiceGrpc.newStub(channel)
              .withDeadlineAfter(LIMIT.toSeconds(), TimeUnit.SECONDS)
              .subscribe(this);
    }

    @Override
    public void onNext(SubscribeResponse response) {
      received.add(response);
    }

    @Override
    public void onError(Throwable failure) {
      end.complete(Status.fromThrowable(failure));
    }

    @Override
    public void onCompleted() {
      end.complete(Status.OK);
    }

    Status end() throws Exception {
      return end.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }
  }

  private static void assertRefused(ThrowingCallable call, Code code) {
    assertRefused(catchThrowableOfType(StatusRuntimeException.class, call), code);
  }

  private static void assertRefused(StatusRuntimeException answer, Code code) {
    assertThat(answer).isNotNull();
    assertThat(answer.getStatus().getCode()).as(answer.toString()).isEqualTo(code);
    assertThat(Rejection.of(answer.getTrailers()))
        .as("the mark of " + answer)
        .contains(Rejection.AUTHORIZATION);
  }

  private static Code codeOf(ThrowingCallable call) {
    StatusRuntimeException failure = catchThrowableOfType(StatusRuntimeException.class, call);
    return failure == null ? Code.OK : failure.getStatus().getCode();
  }

  private static String guest() throws Exception {
    HttpResponse<String> session = get("/api/session", UnaryOperator.identity());
    JsonNode who = JSON.readTree(session.body());
    assertThat(who.path("kind").asText()).isEqualTo("guest");
    return session.headers().firstValue("Set-Cookie").orElseThrow().split(";", 2)[0];
  }

  private static HttpResponse<String> get(String path, UnaryOperator<HttpRequest.Builder> more)
      throws Exception {
    return HTTP.send(more.apply(to(path)).build(), BodyHandlers.ofString());
  }

  private static HttpResponse<String> post(
      String path, String json, UnaryOperator<HttpRequest.Builder> more) throws Exception {
    HttpRequest.Builder request =
        to(path).header("Content-Type", "application/json").POST(BodyPublishers.ofString(json));
    return HTTP.send(more.apply(request).build(), BodyHandlers.ofString());
  }

  private static HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + order().httpPort() + path))
        .timeout(LIMIT);
  }

  private static String value(App app, String sql) throws SQLException {
    try (Connection database = secure.mall().database(app);
        Statement statement = database.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      return rows.next() ? rows.getString(1) : "";
    }
  }
}
