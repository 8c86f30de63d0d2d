package dev.platform.inventory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.platform.contracts.inventory.v1.CheckStockRequest;
import dev.platform.contracts.inventory.v1.InventoryServiceGrpc;
import dev.platform.contracts.inventory.v1.InventoryServiceGrpc.InventoryServiceBlockingStub;
import dev.platform.contracts.inventory.v1.ReserveRequest;
import dev.platform.contracts.inventory.v1.StockLevel;
import dev.platform.dev.postgres.DevPostgres;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import net.devh.boot.grpc.server.config.GrpcServerProperties;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Primary;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** The whole app on a real PostgreSQL, called over a real socket, with a movable clock. */
@SpringBootTest(
    webEnvironment = WebEnvironment.RANDOM_PORT,
    properties = {
      "grpc.server.port=0",
      "grpc.server.address=127.0.0.1",
      "platform.dev.etcd.enabled=false",
      "platform.dev.tracing.enabled=false",
      // WarmUpTest runs it.
      "platform.start.warm-up.max=0s",
      "platform.registry.enabled=false",
      "platform.discovery.enabled=false",
      "platform.resilience.rate-limit.enabled=false",
      "mall.inventory.expiry-interval=50ms",
      "mall.inventory.watch.interval=20ms"
    })
@Import(InventoryTest.MovableTime.class)
public abstract class InventoryTest {

  private static final DevPostgres POSTGRES = startPostgres();

  @Autowired protected JdbcClient jdbc;
  @Autowired protected MovableClock clock;
  @Autowired private GrpcServerProperties grpcServer;

  protected ManagedChannel channel;
  protected InventoryServiceBlockingStub inventory;

  @DynamicPropertySource
  static void database(DynamicPropertyRegistry registry) {
    registry.add("spring.datasource.url", () -> POSTGRES.jdbcUrl(DevPostgres.DEFAULT_DATABASE));
    registry.add("spring.datasource.username", () -> DevPostgres.USERNAME);
  }

  @BeforeEach
  void connect() {
    // Explicit scheme: net.devh makes discovery the default of the whole JVM.
    channel =
        ManagedChannelBuilder.forTarget("dns:///127.0.0.1:" + grpcServer.getPort())
            .usePlaintext()
            .build();
    inventory = InventoryServiceGrpc.newBlockingStub(channel);
  }

  @AfterEach
  void disconnect() throws InterruptedException {
    channel.shutdownNow();
    assertThat(channel.awaitTermination(5, TimeUnit.SECONDS)).isTrue();
  }

  /** Creates a product with this stock. */
  protected String product(int available) {
    String id = unique("product");
    jdbc.sql("insert into product values (?, 'a name', 'a description', 100, 'EUR')")
        .param(id)
        .update();
    jdbc.sql("insert into stock (product_id, available) values (?, ?)")
        .param(id)
        .param(available)
        .update();
    return id;
  }

  protected static String unique(String prefix) {
    return prefix + "-" + UUID.randomUUID();
  }

  protected StockLevel level(String productId) {
    return inventory
        .checkStock(CheckStockRequest.newBuilder().addProductIds(productId).build())
        .getLevels(0);
  }

  protected static StockLevel level(String productId, int available, int reserved, int sold) {
    return StockLevel.newBuilder()
        .setProductId(productId)
        .setAvailable(available)
        .setReserved(reserved)
        .setSold(sold)
        .build();
  }

  protected static ReserveRequest reservation(String id, String productId, int quantity) {
    return with(ReserveRequest.newBuilder().setReservationId(id), productId, quantity).build();
  }

  protected static ReserveRequest.Builder with(
      ReserveRequest.Builder request, String productId, int quantity) {
    request.addLinesBuilder().setProductId(productId).setQuantity(quantity);
    return request;
  }

  protected static void assertFails(ThrowingCallable call, Status.Code code, String message) {
    Status status = catchThrowableOfType(StatusRuntimeException.class, call).getStatus();
    assertThat(status.getCode() + ": " + status.getDescription()).isEqualTo(code + ": " + message);
  }

  /** PostgreSQL stops after the apps that use it, so that they can finish their work. */
  private static DevPostgres startPostgres() {
    DevPostgres postgres = DevPostgres.start();
    SpringApplication.getShutdownHandlers().add(postgres::close);
    return postgres;
  }

  @TestConfiguration(proxyBeanMethods = false)
  static class MovableTime {
    @Bean
    @Primary
    MovableClock movableClock() {
      return new MovableClock();
    }
  }

  /** The system clock plus an offset that tests set. */
  public static final class MovableClock extends Clock {

    private volatile Duration ahead = Duration.ZERO;

    public void forward(Duration by) {
      ahead = ahead.plus(by);
    }

    @Override
    public Instant instant() {
      return Instant.now().plus(ahead);
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      throw new UnsupportedOperationException("always UTC");
    }
  }
}
