package dev.platform.inventory.domain;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import java.util.stream.Collectors;

/** Some lines of a reservation ask for more than there is; nothing was set aside. */
public final class InsufficientStock extends Refusal {

  private static final long serialVersionUID = 1L;

  /**
   * What callers are told has to fit into the trailers of an answer, of which they take 8 KiB: so
   * many products, with ids of so many bytes, each id up to three times and encoded.
   */
  private static final int MOST_TOLD = 20;

  private static final int MOST_ID_BYTES = 512;

  private final transient List<Shortage> told;

  public InsufficientStock(List<Shortage> shortages) {
    super(Kind.NOT_POSSIBLE, message(told(shortages), shortages.size()));
    this.told = told(shortages);
  }

  /** The first of what is missing, by product id; at least one. */
  public List<Shortage> told() {
    return told;
  }

  private static String message(List<Shortage> told, int all) {
    String list = told.stream().map(Shortage::toString).collect(Collectors.joining(", "));
    String more = told.size() < all ? " and %d more".formatted(all - told.size()) : "";
    return "insufficient stock: " + list + more;
  }

  private static List<Shortage> told(List<Shortage> all) {
    int count = 0;
    int bytes = 0;
    for (Shortage shortage : all.subList(0, Math.min(MOST_TOLD, all.size()))) {
      bytes += shortage.productId().getBytes(UTF_8).length;
      if (count > 0 && bytes > MOST_ID_BYTES) {
        break;
      }
      count++;
    }
    return List.copyOf(all.subList(0, count));
  }

  /** A product of which more was asked for than is available. */
  public record Shortage(String productId, int asked, long available) {
    @Override
    public String toString() {
      return productId + " (asked " + asked + ", available " + available + ")";
    }
  }
}
