package dev.platform.order.domain;

/**
 * An amount of money, exact to the smallest unit of its currency. Immutable.
 *
 * @param minorUnits the amount in minor units: 1999 with EUR is 19.99 euro
 * @param currency ISO 4217 code in capitals
 */
public record Money(long minorUnits, String currency) {

  /** Throws {@link ArithmeticException} when the sum does not fit, or the currencies differ. */
  public Money plus(Money other) {
    if (!currency.equals(other.currency)) {
      throw new ArithmeticException("can't add " + other.currency + " to " + currency);
    }
    return new Money(Math.addExact(minorUnits, other.minorUnits), currency);
  }

  /** Throws {@link ArithmeticException} when the product does not fit. */
  public Money times(int factor) {
    return new Money(Math.multiplyExact(minorUnits, (long) factor), currency);
  }
}
