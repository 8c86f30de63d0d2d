package dev.platform.payment.bank.domain;

import java.util.Optional;

/** The bank's ledger. Each call is a transaction of its own and blocks on the database. */
public interface Ledger {

  Optional<Charge> find(String reference);

  /** Records a charge unless its reference is known; returns the recorded one. */
  Charge addIfAbsent(Charge charge);

  /** Records a refund unless the charge has one; returns the id on record. */
  String refundIfAbsent(String reference, String refundId);
}
