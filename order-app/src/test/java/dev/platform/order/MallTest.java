package dev.platform.order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.platform.contracts.notification.v1.NotificationServiceGrpc;
import dev.platform.contracts.order.v1.CreateOrderRequest;
import dev.platform.contracts.order.v1.CreateOrderResponse;
import dev.platform.contracts.order.v1.GetOrderRequest;
import dev.platform.contracts.order.v1.OrderItem;
import dev.platform.contracts.order.v1.OrderServiceGrpc;
import dev.platform.contracts.order.v1.OrderStatus;
import dev.platform.dev.postgres.DevPostgres;
import dev.platform.starter.test.net.FreePorts;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/**
 * The whole app on real sockets and a real PostgreSQL, with fakes of other services. All tests
 * share one app and use separate users and products.
 */
@SpringBootTest(
    webEnvironment = WebEnvironment.RANDOM_PORT,
    properties = {
      "platform.dev.etcd.enabled=false",
      "platform.dev.tracing.enabled=false",
      // WarmUpTest runs it.
      "platform.start.warm-up.max=0s",
      "platform.registry.enabled=false",
      "platform.grpc.request.timeout=2s",
      "platform.discovery.enabled=false",
      // One test's failing callee must not open a breaker for the next tests.
      "platform.resilience.circuit-breaker.enabled=false",
      // Fast tests would exceed the rate limit.
      "platform.resilience.rate-limit.enabled=false",
      "grpc.client.GLOBAL.negotiation-type=plaintext",
      "mall.order.recovery-after=300ms",
      "mall.order.cancel-after=1500ms",
      "mall.order.claim-timeout=2s",
      "mall.order.fulfilment-step=200ms",
      "mall.order.notification-retry=100ms",
      "mall.order.job-interval=50ms",
      "mall.order.jobs.max-attempts=5",
      "mall.order.jobs.longest-pause=200ms",
      "mall.order.jobs.measure-interval=100ms",
      "mall.order.watch-interval=20ms",
      "mall.edge.heartbeat=100ms",
      // Tests change products and expect to see it.
      "mall.edge.products-max-age=0s",
      "server.tomcat.connection-timeout=8s",
      "platform.http.body.timeout=2s",
      "server.tomcat.keep-alive-timeout=60s",
      "grpc.server.port=${mall.test.grpc-port}",
      "spring.datasource.url=jdbc:postgresql://localhost:${mall.test.postgres-port}/${mall.test.database:postgres}",
      "spring.datasource.username=postgres"
    })
public abstract class MallTest {

  protected static final Duration SOON = Duration.ofSeconds(10);

  /** Of tests whose app has settings of its own, and lives on beside others. */
  private static final List<String> DATABASES = List.of("full", "flash", "traced");

  protected static final DevPostgres POSTGRES = startPostgres();
  protected static final FakeMall MALL = new FakeMall();
  protected static final int PORT = freePort();
  protected static final ManagedChannel CHANNEL = channelTo(PORT);

  @Autowired protected JdbcClient jdbc;

  protected final OrderServiceGrpc.OrderServiceBlockingStub orders =
      OrderServiceGrpc.newBlockingStub(CHANNEL);
  protected final String user = "u-" + UUID.randomUUID();

  static {
    MALL.sells("p-mug", 1999, 1_000_000);
    MALL.sells("p-pen", 250, 1_000_000);
    NotificationServiceGrpc.NotificationServiceBlockingStub own =
        NotificationServiceGrpc.newBlockingStub(CHANNEL);
    MALL.notifications = own::notify;
  }

  @DynamicPropertySource
  static void surroundings(DynamicPropertyRegistry registry) {
    registry.add("mall.test.postgres-port", POSTGRES::port);
    registry.add("mall.test.grpc-port", () -> PORT);
    for (String service :
        new String[] {"inventory", "product", "recommendation", "payment", "notification"}) {
      registry.add("grpc.client." + service + "-service.address", MALL::address);
    }
  }

  /** An app on another port may have cached a failed connection to notification-service. */
  @BeforeEach
  void connectNow(@Value("${grpc.server.port}") int port) {
    CHANNEL.resetConnectBackoff();
    if (port == PORT) {
      Awaitility.await()
          .atMost(SOON)
          .pollInterval(Duration.ofMillis(5))
          .until(() -> CHANNEL.getState(true) == ConnectivityState.READY);
    }
  }

  /** A test's unsettled orders would delay the recovery of later tests' orders. */
  @AfterEach
  void unblockRecovery() {
    MALL.paying.remove(user);
    MALL.paymentRecordsAway.remove(user);
  }

  /** The scheme is explicit, because net.devh makes its discovery the default. */
  protected static ManagedChannel channelTo(int port) {
    return ManagedChannelBuilder.forTarget("dns:///127.0.0.1:" + port).usePlaintext().build();
  }

  protected CreateOrderRequest.Builder order(String productId, int quantity) {
    return CreateOrderRequest.newBuilder()
        .setUserId(user)
        .addItems(OrderItem.newBuilder().setProductId(productId).setQuantity(quantity));
  }

  protected CreateOrderResponse place(CreateOrderRequest.Builder request) {
    return orders.createOrder(request.build());
  }

  protected Status refusalOf(CreateOrderRequest.Builder request) {
    return statusOf(() -> place(request));
  }

  protected static Status statusOf(ThrowingCallable call) {
    StatusRuntimeException failure = catchThrowableOfType(StatusRuntimeException.class, call);
    assertThat(failure).as("the call should have failed").isNotNull();
    return failure.getStatus();
  }

  protected OrderStatus statusOf(String orderId) {
    return orders.getOrder(GetOrderRequest.newBuilder().setOrderId(orderId).build()).getStatus();
  }

  protected void awaitStatus(String orderId, OrderStatus status) {
    Awaitility.await(orderId + " becomes " + status)
        .atMost(SOON)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> statusOf(orderId) == status);
  }

  protected String onlyOrder() {
    assertThat(ordersOfUser()).hasSize(1);
    return ordersOfUser().get(0);
  }

  protected List<String> ordersOfUser() {
    return jdbc.sql("select order_id from orders where user_id = ?")
        .param(user)
        .query(String.class)
        .list();
  }

  /** PostgreSQL stops after the apps that use it, so that they can finish their work. */
  private static DevPostgres startPostgres() {
    DevPostgres postgres = DevPostgres.start();
    try {
      for (String database : DATABASES) {
        postgres.createDatabase(database);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    SpringApplication.getShutdownHandlers().add(postgres::close);
    return postgres;
  }

  protected static int freePort() {
    return FreePorts.on("127.0.0.1");
  }
}
