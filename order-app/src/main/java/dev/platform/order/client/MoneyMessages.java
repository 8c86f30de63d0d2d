package dev.platform.order.client;

import dev.platform.order.domain.Money;

/** Maps money between the wire and the domain. */
final class MoneyMessages {

  private MoneyMessages() {}

  static Money toDomain(dev.platform.contracts.money.v1.Money money) {
    return new Money(money.getMinorUnits(), money.getCurrency());
  }

  static dev.platform.contracts.money.v1.Money toProto(Money money) {
    return dev.platform.contracts.money.v1.Money.newBuilder()
        .setMinorUnits(money.minorUnits())
        .setCurrency(money.currency())
        .build();
  }
}
