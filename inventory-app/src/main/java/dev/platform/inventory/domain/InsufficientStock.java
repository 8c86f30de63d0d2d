package dev.platform.inventory.domain;

import java.util.List;
import java.util.stream.Collectors;

/** Some lines of a reservation ask for more than there is; nothing was set aside. */
public final class InsufficientStock extends Refusal {

  private static final long serialVersionUID = 1L;

  private final transient List<Shortage> shortages;

  public InsufficientStock(List<Shortage> shortages) {
    super(
        Kind.NOT_POSSIBLE,
        shortages.stream()
            .map(Shortage::toString)
            .collect(Collectors.joining(", ", "insufficient stock: ", "")));
    this.shortages = List.copyOf(shortages);
  }

  /** What is missing, by product id. */
  public List<Shortage> shortages() {
    return shortages;
  }

  /** A product of which more was asked for than is available. */
  public record Shortage(String productId, int asked, long available) {
    @Override
    public String toString() {
      return productId + " (asked " + asked + ", available " + available + ")";
    }
  }
}
