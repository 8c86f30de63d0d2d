package dev.platform.inventory.domain;

/**
 * An amount of money.
 *
 * @param minorUnits in minor units of the currency, at least 0
 * @param currency ISO 4217 code in capitals
 */
public record Money(long minorUnits, String currency) {

  public Money {
    if (minorUnits < 0) {
      throw new IllegalArgumentException("minorUnits: " + minorUnits + " (expected: >= 0)");
    }
    if (!currency.matches("[A-Z]{3}")) {
      throw new IllegalArgumentException("currency: " + currency + " (expected: ISO 4217 code)");
    }
  }
}
