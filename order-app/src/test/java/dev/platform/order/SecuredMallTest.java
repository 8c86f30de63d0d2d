package dev.platform.order;

import static org.assertj.core.api.Assertions.assertThat;

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
import dev.platform.dev.certificates.DevCertificates;
import dev.platform.dev.hosting.SharedService;
import dev.platform.dev.issuer.DevIssuer;
import dev.platform.dev.issuer.DevIssuerProperties;
import dev.platform.dev.issuer.TokenClient;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status.Code;
import io.grpc.TlsChannelCredentials;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import net.devh.boot.grpc.server.config.GrpcServerProperties;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.ActiveProfiles;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.TestPropertySource;

/** The app in its profile {@code secure}: mutual TLS, real tokens, the rules of the mall. */
@ActiveProfiles("secure")
// Its app's jobs would go on with the orders of later tests.
@DirtiesContext
@TestPropertySource(
    properties = {"grpc.server.port=0", "mall.session.key=a-key-of-at-least-thirty-two-bytes"})
class SecuredMallTest extends EdgeTest {

  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
  private static final String ISSUER = "http://127.0.0.1:" + freePort();

  @TempDir private static Path certificates;

  @Autowired private GrpcServerProperties server;

  private final List<ManagedChannel> open = new ArrayList<>();

  @DynamicPropertySource
  static void security(DynamicPropertyRegistry registry) throws IOException {
    DevCertificates authority =
        new DevCertificates(certificates, DevCertificates.TRUST_DOMAIN, Clock.systemUTC());
    authority.of("order-app", List.of("order-service", "notification-service"));
    authority.of("mall-client", List.of());
    authority.of("stranger", List.of());
    String bundle = "spring.ssl.bundle.pem.mall.";
    registry.add(bundle + "keystore.certificate", () -> file("order-app.pem"));
    registry.add(bundle + "keystore.private-key", () -> file("order-app-key.pem"));
    registry.add(bundle + "truststore.certificate", () -> file("ca.pem"));
    registry.add("spring.security.oauth2.resourceserver.jwt.issuer-uri", () -> ISSUER);
  }

  private static String file(String name) {
    return "file:" + certificates.resolve(name);
  }

  @AfterEach
  void close() {
    open.forEach(ManagedChannel::shutdownNow);
  }

  @Test
  void aGuestOrdersThroughTheEdge() {
    String cookie =
        send(to("/api/session")).headers().firstValue("Set-Cookie").orElseThrow().split(";", 2)[0];
    String body = "{\"items\": [{\"productId\": \"p-mug\", \"quantity\": 1}]}";

    HttpResponse<String> placed =
        send(post(body).header("Cookie", cookie).header("X-Mall-Request", "1"));

    assertThat(placed.statusCode()).as(placed.body()).isEqualTo(201);
    String order = json(placed).get("orderId").textValue();
    assertThat(send(to("/api/orders/" + order).header("Cookie", cookie)).statusCode())
        .isEqualTo(200);
  }

  @Test
  void aCustomerOrdersOverGrpcAndNobodyElseSeesIt() throws IOException {
    String order = orders("mall-client", token(user)).createOrder(mug("")).getOrderId();

    assertThat(ordersOfUser()).containsExactly(order);
    OrderServiceBlockingStub own = orders("mall-client", token(user));
    assertThat(own.getOrder(get(order)).getUserId()).isEqualTo(user);
    assertThat(own.watchOrder(watch(order)).next().getOrderId()).isEqualTo(order);

    OrderServiceBlockingStub other = orders("mall-client", token("someone-else"));
    assertThat(codeOf(() -> other.getOrder(get(order)))).isEqualTo(Code.NOT_FOUND);
    assertThat(codeOf(() -> other.watchOrder(watch(order)).next())).isEqualTo(Code.NOT_FOUND);
    assertThat(codeOf(() -> other.createOrder(mug(user)))).isEqualTo(Code.PERMISSION_DENIED);
    Subscription subscription = new Subscription(channel("mall-client", token("someone-else")));
    subscription.requests.onNext(SubscribeRequest.newBuilder().setUserId(user).build());
    assertThat(subscription.awaitEnd().getCode()).isEqualTo(Code.PERMISSION_DENIED);
    assertThat(ordersOfUser()).hasSize(1);
  }

  @Test
  void theSameTokenIsTheSameCustomerOverHttp() throws IOException {
    String order = orders("mall-client", token(user)).createOrder(mug(user)).getOrderId();

    assertThat(
            send(to("/api/orders/" + order).header("Authorization", "Bearer " + token(user)))
                .statusCode())
        .isEqualTo(200);
    problem(
        send(to("/api/orders/" + order).header("Authorization", "Bearer " + token("other"))), 404);
  }

  @Test
  void withoutAUserOrWithAnothersIssuersNothingIsDone() throws Exception {
    assertThat(codeOf(() -> orders("mall-client", null).createOrder(mug(user))))
        .isEqualTo(Code.UNAUTHENTICATED);
    assertThat(codeOf(() -> orders("mall-client", "nonsense").createOrder(mug(user))))
        .isEqualTo(Code.UNAUTHENTICATED);

    int port = freePort();
    try (SharedService foreign =
        DevIssuer.at(
            new InetSocketAddress("127.0.0.1", port),
            new DevIssuerProperties(true, "mall", Duration.ofHours(1)))) {
      foreign.start();
      String token = TokenClient.token("http://127.0.0.1:" + port, user, "customer");
      assertThat(codeOf(() -> orders("mall-client", token).createOrder(mug(user))))
          .isEqualTo(Code.UNAUTHENTICATED);
      problem(send(post(orderJson("p-mug", 1)).header("Authorization", "Bearer " + token)), 401);
    }
    assertThat(ordersOfUser()).isEmpty();
  }

  @Test
  void strangersAreRefusedWhateverTokenTheyHave() throws IOException {
    String token = token(user);

    assertThat(codeOf(() -> orders("stranger", token).createOrder(mug(user))))
        .isEqualTo(Code.PERMISSION_DENIED);
    assertThat(codeOf(() -> orders(null, token).createOrder(mug(user))))
        .isEqualTo(Code.UNAVAILABLE);
    assertThat(ordersOfUser()).isEmpty();
  }

  @Test
  void onlyTheMallItselfNotifies() throws IOException {
    NotifyRequest forged =
        NotifyRequest.newBuilder()
            .setNotification(
                Notification.newBuilder()
                    .setNotificationId(user)
                    .setUserId(user)
                    .setMessage("Send money"))
            .build();

    assertThat(
            codeOf(
                () ->
                    NotificationServiceGrpc.newBlockingStub(channel("mall-client", token(user)))
                        .notify(forged)))
        .isEqualTo(Code.PERMISSION_DENIED);
    var unused = NotificationServiceGrpc.newBlockingStub(channel("order-app", null)).notify(forged);
  }

  private interface Call {
    Object make() throws IOException;
  }

  private static Code codeOf(Call call) {
    return statusOf(call::make).getCode();
  }

  private static String token(String subject) throws IOException {
    return TokenClient.token(ISSUER, subject, "customer");
  }

  private OrderServiceBlockingStub orders(@Nullable String workload, @Nullable String token)
      throws IOException {
    return OrderServiceGrpc.newBlockingStub(channel(workload, token));
  }

  private Channel channel(@Nullable String workload, @Nullable String token) throws IOException {
    TlsChannelCredentials.Builder credentials =
        TlsChannelCredentials.newBuilder().trustManager(certificates.resolve("ca.pem").toFile());
    if (workload != null) {
      credentials.keyManager(
          certificates.resolve(workload + ".pem").toFile(),
          certificates.resolve(workload + "-key.pem").toFile());
    }
    ManagedChannel channel =
        Grpc.newChannelBuilder("dns:///127.0.0.1:" + server.getPort(), credentials.build())
            .overrideAuthority("order-service")
            .build();
    open.add(channel);
    Metadata headers = new Metadata();
    if (token != null) {
      headers.put(AUTHORIZATION, "Bearer " + token);
    }
    return ClientInterceptors.intercept(
        channel, MetadataUtils.newAttachHeadersInterceptor(headers));
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
}
