package dev.platform.inventory.domain;

/** A product and the number of pieces to reserve. */
public record ReservationLine(String productId, int quantity) {

  /** Refuses a bad id and a quantity below 1. */
  public ReservationLine {
    InvalidInput.requireId("product_id", productId);
    InvalidInput.requirePieces("quantity", quantity);
  }
}
