package dev.platform.inventory.domain;

/** A product and how many pieces of it to set aside. */
public record ReservationLine(String productId, int quantity) {

  /** Refuses a bad id and a quantity below 1. */
  public ReservationLine {
    InvalidInput.requireId("product_id", productId);
    InvalidInput.requirePieces("quantity", quantity);
  }
}
