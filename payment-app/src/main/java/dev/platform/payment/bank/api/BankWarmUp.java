package dev.platform.payment.bank.api;

import dev.platform.contracts.bank.v1.BankGatewayGrpc;
import dev.platform.contracts.bank.v1.BankGatewayGrpc.BankGatewayBlockingStub;
import dev.platform.contracts.bank.v1.ChargeRequest;
import dev.platform.contracts.money.v1.Money;
import dev.platform.core.start.WarmUp;
import dev.platform.core.start.WarmUpRun;
import dev.platform.jdbc.RolledBackCalls;
import io.grpc.BindableService;
import io.grpc.ServerInterceptors;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** Charges accounts through the bank's own service; each charge's transaction is rolled back. */
final class BankWarmUp implements WarmUp {

  private static final int CHARGES = 300;
  private static final long PATIENCE_SECONDS = 5;

  private final BindableService bank;
  private final RolledBackCalls rolledBack;

  BankWarmUp(BindableService bank, RolledBackCalls rolledBack) {
    this.bank = bank;
    this.rolledBack = rolledBack;
  }

  @Override
  public void run(WarmUpRun run) throws Exception {
    BankGatewayBlockingStub stub =
        BankGatewayGrpc.newBlockingStub(
            run.serve(() -> ServerInterceptors.intercept(bank, rolledBack)));
    run.repeat(
        CHARGES, () -> stub.withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS).charge(charge()));
  }

  private static ChargeRequest charge() {
    return ChargeRequest.newBuilder()
        .setReference("warm-up-" + UUID.randomUUID())
        .setAccount("warm-up")
        .setAmount(Money.newBuilder().setMinorUnits(1).setCurrency("EUR"))
        .build();
  }
}
