package dev.platform.order;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.platform.contracts.notification.v1.Notification;
import dev.platform.contracts.notification.v1.NotificationServiceGrpc;
import dev.platform.contracts.notification.v1.NotifyRequest;
import dev.platform.contracts.notification.v1.SubscribeRequest;
import dev.platform.contracts.order.v1.CreateOrderRequest;
import dev.platform.contracts.order.v1.GetOrderRequest;
import dev.platform.contracts.order.v1.OrderItem;
import dev.platform.contracts.order.v1.OrderServiceGrpc;
import dev.platform.contracts.order.v1.OrderServiceGrpc.OrderServiceBlockingStub;
import dev.platform.contracts.order.v1.WatchOrderRequest;
import dev.platform.core.identity.CallerIdentity;
import dev.platform.core.identity.User;
import dev.platform.dev.issuer.TokenClient;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.stub.MetadataUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import net.devh.boot.grpc.server.config.GrpcServerProperties;
import net.devh.boot.grpc.server.interceptor.GrpcGlobalServerInterceptor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Import;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.TestPropertySource;

/**
 * Nobody reads or changes what belongs to another customer, over HTTP, gRPC and streams. Tokens are
 * those of the development issuer, which the app hosts.
 */
// Its app's jobs would go on with the orders of later tests.
@DirtiesContext
@TestPropertySource(
    properties = {
      "grpc.server.port=0",
      "mall.identity=required",
      "mall.session.key=a-key-of-at-least-thirty-two-bytes",
      "mall.login.client-id=mall-page",
      "spring.security.oauth2.resourceserver.jwt.audiences=mall"
    })
@Import(CustomersTest.TrustedHeader.class)
class CustomersTest extends EdgeTest {

  private static final String ISSUER = "http://127.0.0.1:" + freePort();
  private static final Metadata.Key<String> USER =
      Metadata.Key.of("test-user", Metadata.ASCII_STRING_MARSHALLER);

  @Autowired private GrpcServerProperties server;

  private ManagedChannel channel;

  @DynamicPropertySource
  static void issuer(DynamicPropertyRegistry registry) {
    registry.add("spring.security.oauth2.resourceserver.jwt.issuer-uri", () -> ISSUER);
  }

  @BeforeEach
  void connect() {
    channel = channelTo(server.getPort());
  }

  @AfterEach
  void disconnect() {
    channel.shutdownNow();
  }

  // ---- guests

  @Test
  void aFirstVisitMakesAGuestWithOrdersOfItsOwn() {
    Visitor guest = visit();
    assertThat(guest.userId()).matches("guest:[0-9a-f]{32}");
    assertThat(visit().userId()).isNotEqualTo(guest.userId());
    JsonNode again = json(send(to("/api/session").header("Cookie", guest.cookie())));
    assertThat(again.get("userId").textValue()).isEqualTo(guest.userId());
    assertThat(again.get("kind").textValue()).isEqualTo("guest");

    String order = orderOf(guest);

    JsonNode found = json(send(to("/api/orders/" + order).header("Cookie", guest.cookie())));
    assertThat(found.get("userId").textValue()).isEqualTo(guest.userId());
    HttpResponse<String> events =
        send(to("/api/orders/" + order + "/events").header("Cookie", guest.cookie()));
    assertThat(events.body()).contains("ORDER_STATUS_COMPLETED");
  }

  @Test
  void aGuestFindsNothingOfAnother() {
    String order = orderOf(visit());
    Visitor other = visit();

    problem(send(to("/api/orders/" + order).header("Cookie", other.cookie())), 404);
    problem(send(to("/api/orders/" + order + "/events").header("Cookie", other.cookie())), 404);
    problem(send(fromPage(other, orderJson("p-mug", 1))), 403);
    assertThat(ordersOfUser()).isEmpty();
  }

  @Test
  void whoIsNobodyIsRefused() {
    HttpResponse<String> refused = send(post(orderJson("p-mug", 1)));
    assertThat(problem(refused, 401).get("detail").textValue())
        .isEqualTo("authentication required: a user's token or session");
    assertThat(refused.headers().firstValue("WWW-Authenticate")).contains("Bearer");
    problem(send(to("/api/orders/o-1")), 401);
    problem(send(to("/api/orders/o-1/events")), 401);
    assertThat(send(to("/api/products")).statusCode()).isEqualTo(200);
  }

  @Test
  void aCookieThatWasChangedIsNoOnes() {
    Visitor guest = visit();
    String order = orderOf(guest);
    String forged =
        "mall-session="
            + Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(
                    ("9999999999 GUEST " + guest.userId()).getBytes(StandardCharsets.UTF_8))
            + guest.cookie().substring(guest.cookie().indexOf('.'));

    problem(send(to("/api/orders/" + order).header("Cookie", forged)), 401);
  }

  @Test
  void aPageOfAnotherSiteCannotOrderWithACookie() {
    Visitor guest = visit();
    String body = "{\"items\": [{\"productId\": \"p-mug\", \"quantity\": 1}]}";

    problem(send(post(body).header("Cookie", guest.cookie())), 403);
    problem(send(fromPage(guest, body).header("Sec-Fetch-Site", "cross-site")), 403);
    assertThat(send(fromPage(guest, body)).statusCode()).isEqualTo(201);
  }

  /** Chunks come after the headers, and are handled by another dispatch. */
  @Test
  void aBodyThatComesInChunksIsTheSameCustomers() {
    Visitor guest = visit();
    byte[] body =
        "{\"items\": [{\"productId\": \"p-mug\", \"quantity\": 1}]}"
            .getBytes(StandardCharsets.UTF_8);

    HttpResponse<String> placed =
        send(
            fromPage(guest, "")
                .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body))));

    assertThat(placed.statusCode()).as(placed.body()).isEqualTo(201);
    String order = json(placed).get("orderId").textValue();
    assertThat(send(to("/api/orders/" + order).header("Cookie", guest.cookie())).statusCode())
        .isEqualTo(200);
  }

  // ---- tokens

  @Test
  void aTokensSubjectIsTheUser() {
    String token = tokenOf(user);
    String body = "{\"items\": [{\"productId\": \"p-mug\", \"quantity\": 1}]}";
    HttpResponse<String> placed = send(post(body).header("Authorization", "Bearer " + token));
    assertThat(placed.statusCode()).as(placed.body()).isEqualTo(201);
    String order = json(placed).get("orderId").textValue();
    assertThat(ordersOfUser()).containsExactly(order);

    assertThat(send(to("/api/orders/" + order).header("Authorization", "Bearer " + token)))
        .extracting(HttpResponse::statusCode)
        .isEqualTo(200);
    String other = tokenOf("someone-else");
    problem(send(to("/api/orders/" + order).header("Authorization", "Bearer " + other)), 404);
    problem(
        send(to("/api/orders/" + order + "/events").header("Authorization", "Bearer " + other)),
        404);
    problem(send(post(orderJson("p-mug", 1)).header("Authorization", "Bearer " + other)), 403);
    assertThat(ordersOfUser()).hasSize(1);
  }

  @Test
  void aBadTokenProvesNobody() {
    String good = tokenOf("ana");
    String[] parts = good.split("\\.", -1);
    String none = encoded("{\"alg\":\"none\"}") + "." + parts[1] + ".";
    String other =
        parts[0] + "." + encoded("{\"sub\":\"ben\",\"exp\":9999999999}") + "." + parts[2];
    for (String header :
        List.of("Bearer", "Bearer nonsense", "Basic YTpi", "Bearer " + none, "Bearer " + other)) {
      HttpResponse<String> refused =
          send(post(orderJson("p-mug", 1)).header("Authorization", header));

      assertThat(problem(refused, 401).get("detail").textValue())
          .startsWith("authentication required: ");
    }
    assertThat(ordersOfUser()).isEmpty();
  }

  // ---- signing in

  @Test
  void aGuestSignsInAndIsThatCustomer() {
    Visitor customer = signIn(user);

    JsonNode session = json(send(to("/api/session").header("Cookie", customer.cookie())));
    assertThat(session.get("kind").textValue()).isEqualTo("customer");
    assertThat(session.get("userId").textValue()).isEqualTo(user);
    String order = orderOf(customer);
    assertThat(ordersOfUser()).containsExactly(order);

    HttpResponse<String> out =
        send(
            to("/api/session")
                .DELETE()
                .header("Cookie", customer.cookie())
                .header("X-Mall-Request", "1"));
    assertThat(out.statusCode()).isEqualTo(204);
    assertThat(cookie(out, "mall-session")).isEqualTo("mall-session=");
  }

  @Test
  void anotherBrowsersSignInIsNotTaken() {
    HttpResponse<String> begun = send(to("/login"));
    String code = "/login/callback?code=x&state=forged";

    problem(send(to(code)), 400);
    problem(send(to(code).header("Cookie", cookie(begun, "mall-sign-in"))), 400);
  }

  // ---- gRPC

  @Test
  void anotherUsersOrderDoesNotExistOverGrpc() {
    String order = ordersAs("ana").createOrder(mug("")).getOrderId();

    assertThat(ordersAs("ana").getOrder(get(order)).getUserId()).isEqualTo("ana");
    assertThat(statusOf(() -> ordersAs("ben").getOrder(get(order))).getCode())
        .isEqualTo(Code.NOT_FOUND);
    assertThat(statusOf(() -> ordersAs("ben").watchOrder(watch(order)).next()).getCode())
        .isEqualTo(Code.NOT_FOUND);
    assertThat(ordersAs("ana").watchOrder(watch(order)).next().getOrderId()).isEqualTo(order);
  }

  @Test
  void nobodyOrdersOrListensInAnothersName() {
    assertThat(statusOf(() -> ordersAs("ben").createOrder(mug(user))).getCode())
        .isEqualTo(Code.PERMISSION_DENIED);
    assertThat(ordersOfUser()).isEmpty();
    assertThat(endOfSubscription("ben", user).getCode()).isEqualTo(Code.PERMISSION_DENIED);
    assertThat(
            statusOf(
                    () ->
                        NotificationServiceGrpc.newBlockingStub(as("ben"))
                            .notify(notification("from ben")))
                .getCode())
        .isEqualTo(Code.PERMISSION_DENIED);
  }

  @Test
  void aSubscriptionMayLeaveItsUserOut() {
    NotificationServiceGrpc.newBlockingStub(channel).notify(notification("from a service"));
    Subscription own = new Subscription(as(user));

    own.requests.onNext(SubscribeRequest.newBuilder().setUserId("").build());

    own.awaitSequences(1L);
    own.leave();
  }

  @Test
  void withoutAUserNothingIsFoundOverGrpc() {
    OrderServiceBlockingStub nobody = OrderServiceGrpc.newBlockingStub(channel);
    Status status = statusOf(() -> nobody.createOrder(mug(user)));
    assertThat(status.getCode()).isEqualTo(Code.UNAUTHENTICATED);
    assertThat(status.getDescription()).startsWith("authentication required");
    assertThat(statusOf(() -> nobody.getOrder(get("o-1"))).getCode())
        .isEqualTo(Code.UNAUTHENTICATED);
    assertThat(statusOf(() -> nobody.watchOrder(watch("o-1")).next()).getCode())
        .isEqualTo(Code.UNAUTHENTICATED);
  }

  /** What the edge says to the in-process server is nothing that a call from outside can say. */
  @Test
  void theEdgesWordCannotBeForged() {
    Metadata forged = new Metadata();
    forged.put(
        Metadata.Key.of("mall-edge-caller-bin", Metadata.BINARY_BYTE_MARSHALLER),
        "ana".getBytes(StandardCharsets.UTF_8));
    OrderServiceBlockingStub stub =
        OrderServiceGrpc.newBlockingStub(
            ClientInterceptors.intercept(
                channel, MetadataUtils.newAttachHeadersInterceptor(forged)));

    assertThat(statusOf(() -> stub.createOrder(mug(""))).getCode()).isEqualTo(Code.UNAUTHENTICATED);
  }

  // ---- helpers

  private record Visitor(String userId, String cookie) {}

  private Visitor visit() {
    HttpResponse<String> answer = send(to("/api/session"));
    assertThat(answer.statusCode()).isEqualTo(200);
    return new Visitor(json(answer).get("userId").textValue(), cookie(answer, "mall-session"));
  }

  private HttpRequest.Builder fromPage(Visitor visitor, String body) {
    return post(body).header("Cookie", visitor.cookie()).header("X-Mall-Request", "1");
  }

  private String orderOf(Visitor visitor) {
    HttpResponse<String> placed =
        send(fromPage(visitor, "{\"items\": [{\"productId\": \"p-mug\", \"quantity\": 1}]}"));
    assertThat(placed.statusCode()).as(placed.body()).isEqualTo(201);
    return json(placed).get("orderId").textValue();
  }

  private Visitor signIn(String subject) {
    HttpResponse<String> begun = send(to("/login"));
    assertThat(begun.statusCode()).isEqualTo(303);
    URI authorize = URI.create(begun.headers().firstValue("Location").orElseThrow());
    assertThat(authorize.toString()).startsWith(ISSUER + "/authorize?");
    HttpResponse<String> chosen =
        send(
            HttpRequest.newBuilder(URI.create(ISSUER + "/authorize"))
                .POST(
                    BodyPublishers.ofString(
                        authorize.getRawQuery()
                            + "&subject="
                            + URLEncoder.encode(subject, StandardCharsets.UTF_8))));
    URI callback = URI.create(chosen.headers().firstValue("Location").orElseThrow());
    HttpResponse<String> back =
        send(
            to(callback.getPath() + "?" + callback.getRawQuery())
                .header("Cookie", cookie(begun, "mall-sign-in")));
    assertThat(back.statusCode()).as(back.body()).isEqualTo(303);
    return new Visitor(subject, cookie(back, "mall-session"));
  }

  private static String cookie(HttpResponse<String> answer, String name) {
    return answer.headers().allValues("Set-Cookie").stream()
        .filter(header -> header.startsWith(name + "="))
        .map(header -> header.substring(0, header.indexOf(';')))
        .findFirst()
        .orElseThrow();
  }

  private static String tokenOf(String subject) {
    try {
      return TokenClient.token(ISSUER, subject, "customer");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static String encoded(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private OrderServiceBlockingStub ordersAs(String subject) {
    return OrderServiceGrpc.newBlockingStub(as(subject));
  }

  private Channel as(String subject) {
    Metadata headers = new Metadata();
    headers.put(USER, subject);
    return ClientInterceptors.intercept(
        channel, MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  private Status endOfSubscription(String subject, String wanted) {
    Subscription subscription = new Subscription(as(subject));
    subscription.requests.onNext(SubscribeRequest.newBuilder().setUserId(wanted).build());
    return subscription.awaitEnd();
  }

  private NotifyRequest notification(String message) {
    return NotifyRequest.newBuilder()
        .setNotification(
            Notification.newBuilder().setNotificationId(user).setUserId(user).setMessage(message))
        .build();
  }

  private static CreateOrderRequest mug(String userId) {
    return CreateOrderRequest.newBuilder()
        .setUserId(userId)
        .addItems(OrderItem.newBuilder().setProductId("p-mug").setQuantity(1))
        .build();
  }

  private static GetOrderRequest get(String orderId) {
    return GetOrderRequest.newBuilder().setOrderId(orderId).build();
  }

  private static WatchOrderRequest watch(String orderId) {
    return WatchOrderRequest.newBuilder().setOrderId(orderId).build();
  }

  /** Believes a header, in place of tokens, which need TLS: these tests are about ownership. */
  @TestConfiguration(proxyBeanMethods = false)
  static class TrustedHeader {

    @GrpcGlobalServerInterceptor
    ServerInterceptor trustedHeader() {
      return new ServerInterceptor() {
        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
          String subject = headers.get(USER);
          if (subject == null) {
            return next.startCall(call, headers);
          }
          CallerIdentity caller =
              CallerIdentity.current().onBehalfOf(new User(subject, "tests", Set.of(), null));
          return Contexts.interceptCall(caller.attachedTo(Context.current()), call, headers, next);
        }
      };
    }
  }
}
