package dev.platform.payment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.contracts.money.v1.Money;
import dev.platform.contracts.payment.v1.CreatePaymentRequest;
import dev.platform.contracts.payment.v1.PaymentServiceGrpc;
import dev.platform.contracts.payment.v1.PaymentStatus;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.grpc.client.GrpcChannelFactory;

/** The whole app as in development: platform-dev provides etcd and PostgreSQL. */
class PaymentOnBoot4Test {

  @TempDir private Path snapshots;

  @Test
  void aPaymentIsChargedAtABankFoundByDiscovery() throws IOException {
    try (ConfigurableApplicationContext app = start()) {
      var payment =
          PaymentServiceGrpc.newBlockingStub(
                  app.getBean(GrpcChannelFactory.class).createChannel("payment-service"))
              .createPayment(
                  CreatePaymentRequest.newBuilder()
                      .setOrderId("order-1")
                      .setUserId("user-1")
                      .setAmount(Money.newBuilder().setMinorUnits(500).setCurrency("EUR"))
                      .build())
              .getPayment();

      assertThat(payment.getStatus()).isEqualTo(PaymentStatus.PAYMENT_STATUS_CHARGED);
    }
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

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
