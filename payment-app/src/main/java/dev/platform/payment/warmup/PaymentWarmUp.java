package dev.platform.payment.warmup;

import dev.platform.contracts.bank.v1.BankGatewayGrpc;
import dev.platform.contracts.bank.v1.BankGatewayGrpc.BankGatewayImplBase;
import dev.platform.contracts.bank.v1.ChargeRequest;
import dev.platform.contracts.bank.v1.ChargeResponse;
import dev.platform.contracts.money.v1.Money;
import dev.platform.contracts.payment.v1.CreatePaymentRequest;
import dev.platform.contracts.payment.v1.PaymentServiceGrpc;
import dev.platform.contracts.payment.v1.PaymentServiceGrpc.PaymentServiceBlockingStub;
import dev.platform.core.start.WarmUp;
import dev.platform.core.start.WarmUpRun;
import dev.platform.jdbc.RolledBackCalls;
import dev.platform.payment.domain.Bank;
import io.grpc.BindableService;
import io.grpc.ServerInterceptors;
import io.grpc.stub.StreamObserver;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Makes payments through this app's own service, client and SQL. The bank that they are charged at
 * takes no money, and each payment's transaction is rolled back.
 */
final class PaymentWarmUp implements WarmUp {

  private static final int PAYMENTS = 400;
  private static final long PATIENCE_SECONDS = 5;

  private final Function<BankGatewayGrpc.BankGatewayBlockingStub, Bank> client;
  private final Function<Bank, BindableService> service;
  private final RolledBackCalls rolledBack;

  /**
   * @param client makes this app's client of a bank
   * @param service makes the payment service with a bank
   */
  PaymentWarmUp(
      Function<BankGatewayGrpc.BankGatewayBlockingStub, Bank> client,
      Function<Bank, BindableService> service,
      RolledBackCalls rolledBack) {
    this.client = client;
    this.service = service;
    this.rolledBack = rolledBack;
  }

  @Override
  public void run(WarmUpRun run) throws Exception {
    Bank bank = client.apply(BankGatewayGrpc.newBlockingStub(run.serve(new GenerousBank())));
    BindableService payments = service.apply(bank);
    PaymentServiceBlockingStub stub =
        PaymentServiceGrpc.newBlockingStub(
            run.serve(() -> ServerInterceptors.intercept(payments, rolledBack)));
    run.repeat(
        PAYMENTS,
        () -> stub.withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS).createPayment(payment()));
  }

  private static CreatePaymentRequest payment() {
    return CreatePaymentRequest.newBuilder()
        .setOrderId("warm-up-" + UUID.randomUUID())
        .setUserId("warm-up")
        .setAmount(Money.newBuilder().setMinorUnits(1).setCurrency("EUR"))
        .build();
  }

  /** Charges nobody. */
  private static final class GenerousBank extends BankGatewayImplBase {

    @Override
    public void charge(ChargeRequest request, StreamObserver<ChargeResponse> answer) {
      answer.onNext(ChargeResponse.newBuilder().setChargeId("warm-up").build());
      answer.onCompleted();
    }
  }
}
