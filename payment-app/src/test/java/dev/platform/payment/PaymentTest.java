package dev.platform.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Duration;
import dev.platform.contracts.bank.v1.BankGatewayGrpc;
import dev.platform.contracts.bank.v1.BankGatewayGrpc.BankGatewayBlockingStub;
import dev.platform.contracts.bank.v1.SetBehaviourRequest;
import dev.platform.contracts.money.v1.Money;
import dev.platform.contracts.payment.v1.PaymentServiceGrpc;
import dev.platform.contracts.payment.v1.PaymentServiceGrpc.PaymentServiceBlockingStub;
import dev.platform.dev.postgres.DevPostgres;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
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
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/**
 * The whole app on a real PostgreSQL, called over a real socket. It uses its own bank in the same
 * process, because there is no registry.
 */
@SpringBootTest(
    webEnvironment = WebEnvironment.RANDOM_PORT,
    properties = {
      "grpc.server.port=0",
      "grpc.server.address=127.0.0.1",
      "grpc.server.in-process-name=payment-app",
      "grpc.client.bank-gateway.address=in-process:payment-app",
      "mall.bank.settable=true",
      "platform.dev.etcd.enabled=false",
      "platform.dev.tracing.enabled=false",
      // WarmUpTest runs it.
      "platform.start.warm-up.max=0s",
      "platform.registry.enabled=false",
      // One test's failing bank must not open a breaker for the next tests.
      "platform.resilience.circuit-breaker.enabled=false",
      // Tests set their own shorter timeouts.
      "mall.payment.bank-timeout=15s",
      "platform.discovery.enabled=false"
    })
public abstract class PaymentTest {

  private static final DevPostgres POSTGRES = startPostgres();

  @Autowired protected JdbcClient jdbc;
  @Autowired private GrpcServerProperties grpcServer;

  private ManagedChannel channel;
  protected PaymentServiceBlockingStub payments;
  protected BankGatewayBlockingStub bank;
  protected final String order = "order-" + UUID.randomUUID();

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
    payments = PaymentServiceGrpc.newBlockingStub(channel);
    bank = BankGatewayGrpc.newBlockingStub(channel);
    bankAnswers(0, 0, 0);
  }

  @AfterEach
  void disconnect() throws InterruptedException {
    channel.shutdownNow();
    assertThat(channel.awaitTermination(5, TimeUnit.SECONDS)).isTrue();
  }

  protected void bankAnswers(long latencyMillis, double failureRatio, double declineRatio) {
    assertThat(
            bank.setBehaviour(
                SetBehaviourRequest.newBuilder()
                    .setLatency(
                        Duration.newBuilder()
                            .setSeconds(latencyMillis / 1000)
                            .setNanos((int) (latencyMillis % 1000) * 1_000_000))
                    .setFailureRatio(failureRatio)
                    .setDeclineRatio(declineRatio)
                    .build()))
        .isNotNull();
  }

  protected int chargesOnTheBooks(String reference) {
    return jdbc.sql("select count(*) from bank_charge where reference = ? and decline_reason = ''")
        .param(reference)
        .query(Integer.class)
        .single();
  }

  protected static Money euros(long minorUnits) {
    return Money.newBuilder().setMinorUnits(minorUnits).setCurrency("EUR").build();
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
}
