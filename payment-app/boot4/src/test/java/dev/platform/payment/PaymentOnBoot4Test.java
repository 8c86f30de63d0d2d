package dev.platform.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.platform.contracts.money.v1.Money;
import dev.platform.contracts.payment.v1.CreatePaymentRequest;
import dev.platform.contracts.payment.v1.PaymentServiceGrpc;
import dev.platform.contracts.payment.v1.PaymentStatus;
import dev.platform.starter.test.net.FreePorts;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.grpc.client.GrpcChannelFactory;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The whole app as in development: platform-dev provides etcd and PostgreSQL. */
class PaymentOnBoot4Test {

  private static final CreatePaymentRequest REQUEST =
      CreatePaymentRequest.newBuilder()
          .setOrderId("order-1")
          .setUserId("user-1")
          .setAmount(Money.newBuilder().setMinorUnits(500).setCurrency("EUR"))
          .build();

  private static final String BLOCKED =
      "select count(*) from pg_stat_activity where wait_event_type = 'Lock'";

  @TempDir private Path snapshots;

  @Test
  void aPaymentIsChargedAtABankFoundByDiscovery() throws IOException {
    try (ConfigurableApplicationContext app = start()) {
      var payment = awaitPayments(app).createPayment(REQUEST).getPayment();

      assertThat(payment.getStatus()).isEqualTo(PaymentStatus.PAYMENT_STATUS_CHARGED);
    }
  }

  @Test
  void aStatementEndsAtTheDeadlineOfItsCall() throws Exception {
    try (ConfigurableApplicationContext app = start()) {
      awaitPayments(app).createPayment(REQUEST);
      JdbcClient jdbc = app.getBean(JdbcClient.class);
      try (Connection blocker = app.getBean(DataSource.class).getConnection()) {
        blocker.setAutoCommit(false);
        try (Statement lock = blocker.createStatement()) {
          lock.execute("lock table payment");
        }

        StatusRuntimeException ended =
            catchThrowableOfType(
                StatusRuntimeException.class,
                () ->
                    payments(app)
                        .withDeadlineAfter(1, TimeUnit.SECONDS)
                        .createPayment(REQUEST.toBuilder().setOrderId("order-2").build()));

        assertThat(ended.getStatus().getCode()).isEqualTo(Code.DEADLINE_EXCEEDED);
        await().until(() -> jdbc.sql(BLOCKED).query(Integer.class).single() == 0);
        assertThat(app.getBean(MeterRegistry.class).counter("platform.jdbc.cancelled").count())
            .isEqualTo(1);
        blocker.rollback();
      }
    }
  }

  /** A started app is registered a moment later, on a busy machine some seconds. */
  private static PaymentServiceGrpc.PaymentServiceBlockingStub awaitPayments(
      ApplicationContext app) {
    await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> !app.getBean(DiscoveryClient.class).getInstances("payment-service").isEmpty());
    return payments(app);
  }

  private static PaymentServiceGrpc.PaymentServiceBlockingStub payments(ApplicationContext app) {
    return PaymentServiceGrpc.newBlockingStub(
        app.getBean(GrpcChannelFactory.class).createChannel("payment-service"));
  }

  private ConfigurableApplicationContext start() throws IOException {
    return SpringApplication.run(
        PaymentApplication.class,
        "--server.port=0",
        "--server.address=127.0.0.1",
        "--spring.grpc.server.port=0",
        "--spring.grpc.server.address=127.0.0.1",
        "--platform.registry.advertise-host=127.0.0.1",
        "--platform.etcd.endpoints=http://127.0.0.1:" + freePort(),
        "--platform.discovery.snapshot.directory=" + snapshots,
        "--platform.dev.tracing.enabled=false",
        "--platform.configuration-check.on-finding=fail",
        "--platform.drain.delay=0s");
  }

  private static int freePort() {
    return FreePorts.on("127.0.0.1");
  }
}
