package dev.platform.order.domain;

import java.time.Instant;
import java.util.Optional;

/** Which idempotency keys were used for what. Safe for several instances at once; blocks. */
public interface OrderRequests {

  /** Claims the request's key for an order to be; returns the earlier claim if there is one. */
  Optional<Claim> claim(OrderRequest request, String orderId, Instant now);

  /** Takes a claim over for another order; false when it has changed or was recorded meanwhile. */
  boolean takeOver(Claim claim, String orderId, Instant now);

  /**
   * Gives the claim of an order up, unless the order was recorded. Works on when the caller has
   * given up.
   */
  void abandon(String orderId);

  /** Keeps the part of an answer that can't be read from the order. */
  void remember(String orderId, Suggestions suggestions);

  /**
   * A key that is taken.
   *
   * @param fingerprint of the request that took it
   * @param orderId the order to be, or that is
   * @param claimedAt when it was taken
   * @param suggestions of the answer that was given, if one was
   */
  record Claim(
      String fingerprint, String orderId, Instant claimedAt, Optional<Suggestions> suggestions) {}
}
