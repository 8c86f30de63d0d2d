package dev.platform.payment.bank.domain;

import dev.platform.payment.domain.InvalidInput;
import dev.platform.payment.domain.Refusal;
import java.util.UUID;

/** Refunds a charge, once. Thread-safe, blocks on the database. */
public final class RefundCharge {

  private final Ledger ledger;
  private final Simulation simulation;

  public RefundCharge(Ledger ledger, Simulation simulation) {
    this.ledger = ledger;
    this.simulation = simulation;
  }

  /**
   * Returns the refund's id; repeated requests get the same id.
   *
   * @throws Refusal for an unknown or declined charge, and when the bank simulates an outage
   */
  public String refund(String reference) {
    InvalidInput.requireId("reference", reference);
    if (simulation.fails()) {
      throw new Refusal(Refusal.Kind.NOT_NOW, "the bank is out of order");
    }
    Charge charge =
        ledger
            .find(reference)
            .orElseThrow(() -> new Refusal(Refusal.Kind.UNKNOWN, "unknown charge: " + reference));
    if (charge.isDeclined()) {
      throw new Refusal(
          Refusal.Kind.NOT_POSSIBLE, "charge " + reference + " was declined and took no money");
    }
    return ledger.refundIfAbsent(reference, UUID.randomUUID().toString());
  }
}
