package dev.platform.inventory.api;

import dev.platform.contracts.money.v1.Money;
import dev.platform.contracts.product.v1.Product;

/** Maps products between the wire and the domain. */
final class ProductMessages {

  private ProductMessages() {}

  static Product product(dev.platform.inventory.domain.Product product) {
    return Product.newBuilder()
        .setProductId(product.id())
        .setName(product.name())
        .setDescription(product.description())
        .setPrice(
            Money.newBuilder()
                .setMinorUnits(product.price().minorUnits())
                .setCurrency(product.price().currency()))
        .build();
  }
}
