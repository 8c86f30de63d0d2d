package dev.platform.payment.domain;

import dev.platform.payment.domain.Bank.Answer;

/**
 * Settles a pending payment with the bank's outcome. May be repeated, interrupted at any line and
 * run in several places at once: the bank charges a reference once.
 */
public final class SettlePayment {

  private final Payments payments;
  private final Bank bank;

  public SettlePayment(Payments payments, Bank bank) {
    this.payments = payments;
    this.bank = bank;
  }

  Payment settle(Payment payment) {
    if (payment.status() != PaymentStatus.PENDING) {
      return payment;
    }
    // No transaction is open here: the bank may be slow.
    Answer answer = bank.charge(payment.orderId(), payment.userId(), payment.amount());
    Payment outcome =
        answer instanceof Answer.Declined declined
            ? payment.declined(declined.reason())
            : payment.charged();
    return payments.move(payment, outcome);
  }
}
