package dev.platform.payment.client;

import dev.platform.contracts.bank.v1.BankGatewayGrpc.BankGatewayBlockingStub;
import dev.platform.contracts.bank.v1.ChargeRequest;
import dev.platform.contracts.bank.v1.RefundRequest;
import dev.platform.payment.domain.Bank;
import dev.platform.payment.domain.BankFailure;
import dev.platform.payment.domain.Money;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;

/** The bank behind {@code bank-gateway}. Each call has the caller's deadline. */
public final class BankClient implements Bank {

  private final BankGatewayBlockingStub bank;

  /** Over this stub. */
  public BankClient(BankGatewayBlockingStub bank) {
    this.bank = bank;
  }

  @Override
  public Answer charge(String reference, String account, Money amount) {
    ChargeRequest request =
        ChargeRequest.newBuilder()
            .setReference(reference)
            .setAccount(account)
            .setAmount(
                dev.platform.contracts.money.v1.Money.newBuilder()
                    .setMinorUnits(amount.minorUnits())
                    .setCurrency(amount.currency()))
            .build();
    try {
      bank.charge(request);
      return new Answer.Charged();
    } catch (StatusRuntimeException e) {
      return switch (e.getStatus().getCode()) {
        // Another client's charge has our reference: the bank takes nothing for this one.
        case FAILED_PRECONDITION, ALREADY_EXISTS -> new Answer.Declined(reason(e.getStatus()));
        default -> throw failure(e);
      };
    }
  }

  @Override
  public void refund(String reference) {
    try {
      bank.refund(RefundRequest.newBuilder().setReference(reference).build());
    } catch (StatusRuntimeException e) {
      throw failure(e);
    }
  }

  private static RuntimeException failure(StatusRuntimeException e) {
    return switch (e.getStatus().getCode()) {
      // A retry would get the same answer: this client or the bank has a bug.
      case INVALID_ARGUMENT, NOT_FOUND, ALREADY_EXISTS, FAILED_PRECONDITION, UNIMPLEMENTED ->
          new IllegalStateException("the bank refused what it must accept: " + e.getStatus(), e);
      case DEADLINE_EXCEEDED -> new BankFailure(true, e);
      default -> new BankFailure(false, e);
    };
  }

  private static String reason(Status status) {
    String description = status.getDescription();
    return description == null || description.isBlank() ? "no reason given" : description;
  }
}
