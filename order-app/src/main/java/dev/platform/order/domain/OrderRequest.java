package dev.platform.order.domain;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * What to order, and for whom; already validated.
 *
 * @param userId who orders
 * @param items what is ordered, at least one, each product at most once
 * @param idempotencyKey chosen by the caller to identify retries; empty when there is none
 */
public record OrderRequest(String userId, List<OrderItem> items, String idempotencyKey) {

  public OrderRequest {
    items = List.copyOf(items);
  }

  boolean isRepeatable() {
    return !idempotencyKey.isEmpty();
  }

  /** A SHA-256 of the request's content; equal for equal requests, whatever their key. */
  public String fingerprint() {
    // Ids hold no control characters, so tab and newline keep the fields apart.
    StringBuilder text = new StringBuilder(userId);
    for (OrderItem item : items) {
      text.append('\n').append(item.productId()).append('\t').append(item.quantity());
    }
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.toString().getBytes(UTF_8));
      return HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
