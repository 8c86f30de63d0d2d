package dev.platform.payment.bank.domain;

import dev.platform.payment.domain.InvalidInput;
import dev.platform.payment.domain.Money;
import dev.platform.payment.domain.Refusal;

/** Charges an account once for each reference. Thread-safe, blocks on the database. */
public final class CreateCharge {

  private final Ledger ledger;
  private final Simulation simulation;

  public CreateCharge(Ledger ledger, Simulation simulation) {
    this.ledger = ledger;
    this.simulation = simulation;
  }

  /**
   * Returns the charge; repeated requests get the same charge.
   *
   * @throws Refusal for bad input, another account or amount under a known reference, when the
   *     charge is declined, and when the bank simulates an outage
   */
  public Charge take(String reference, String account, Money amount) {
    InvalidInput.requireId("reference", reference);
    InvalidInput.requireId("account", account);
    if (simulation.fails()) {
      throw new Refusal(Refusal.Kind.NOT_NOW, "the bank is out of order");
    }
    Charge charge =
        ledger
            .find(reference)
            .orElseGet(() -> ledger.addIfAbsent(decide(reference, account, amount)));
    if (!charge.isFor(account, amount)) {
      throw new Refusal(
          Refusal.Kind.CONFLICT,
          "reference " + reference + " is known already, with another account or amount");
    }
    if (charge.isDeclined()) {
      throw new Refusal(Refusal.Kind.NOT_POSSIBLE, charge.declineReason());
    }
    return charge;
  }

  private Charge decide(String reference, String account, Money amount) {
    return simulation.declines()
        ? Charge.declined(reference, account, amount, "insufficient funds")
        : Charge.taken(reference, account, amount);
  }
}
