package dev.platform.order.domain;

import java.time.Instant;
import java.util.Optional;

/** The idempotency keys in use, and their requests. Safe for several instances at once; blocks. */
public interface OrderRequests {

  /** Claims the request's key for a future order; returns the earlier claim if there is one. */
  Optional<Claim> claim(OrderRequest request, String orderId, Instant now);

  /**
   * Transfers a claim to another order; false when the claim has changed or was recorded meanwhile.
   */
  boolean takeOver(Claim claim, String orderId, Instant now);

  /**
   * Releases the claim of an order, unless the order was recorded. Continues after the caller has
   * cancelled.
   */
  void abandon(String orderId);

  /** Stores the part of an answer that the order does not contain. */
  void remember(String orderId, Suggestions suggestions);

  /**
   * A claimed key.
   *
   * @param fingerprint of the request that claimed the key
   * @param orderId the future or existing order
   * @param claimedAt when the key was claimed
   * @param suggestions of the answer, if one was given
   */
  record Claim(
      String fingerprint, String orderId, Instant claimedAt, Optional<Suggestions> suggestions) {}
}
