package dev.platform.payment.domain;

/**
 * An amount of money, greater than zero.
 *
 * @param minorUnits in minor units of the currency, at least 1
 * @param currency ISO 4217 code in capitals
 */
public record Money(long minorUnits, String currency) {

  /** Refuses an amount below 1 and an invalid currency code. */
  public Money {
    if (minorUnits < 1) {
      throw new InvalidInput("minor_units must be at least 1: " + minorUnits);
    }
    if (!currency.matches("[A-Z]{3}")) {
      throw new InvalidInput("currency must be an ISO 4217 code in capitals");
    }
  }
}
