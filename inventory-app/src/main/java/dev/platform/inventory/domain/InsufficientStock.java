package dev.platform.inventory.domain;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import java.util.stream.Collectors;

/** Some lines of a reservation exceed the stock; nothing was reserved. */
public final class InsufficientStock extends Refusal {

  private static final long serialVersionUID = 1L;

  /**
   * The listed shortages must fit into the trailers of a response, which clients limit to 8 KiB:
   * the maximum number of products, and of bytes in their ids. Each id appears up to three times,
   * encoded.
   */
  private static final int MAX_LISTED = 20;

  private static final int MAX_ID_BYTES = 512;

  private final transient List<Shortage> listed;

  public InsufficientStock(List<Shortage> shortages) {
    super(Kind.NOT_POSSIBLE, message(listed(shortages), shortages.size()));
    this.listed = listed(shortages);
  }

  /** The first shortages, by product id; at least one. */
  public List<Shortage> listed() {
    return listed;
  }

  private static String message(List<Shortage> listed, int all) {
    String list = listed.stream().map(Shortage::toString).collect(Collectors.joining(", "));
    String more = listed.size() < all ? " and %d more".formatted(all - listed.size()) : "";
    return "insufficient stock: " + list + more;
  }

  private static List<Shortage> listed(List<Shortage> all) {
    int count = 0;
    int bytes = 0;
    for (Shortage shortage : all.subList(0, Math.min(MAX_LISTED, all.size()))) {
      bytes += shortage.productId().getBytes(UTF_8).length;
      if (count > 0 && bytes > MAX_ID_BYTES) {
        break;
      }
      count++;
    }
    return List.copyOf(all.subList(0, count));
  }

  /** A product with less stock available than was requested. */
  public record Shortage(String productId, int asked, long available) {
    @Override
    public String toString() {
      return productId + " (asked " + asked + ", available " + available + ")";
    }
  }
}
