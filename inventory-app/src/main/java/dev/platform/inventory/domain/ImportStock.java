package dev.platform.inventory.domain;

import dev.platform.inventory.domain.Deliveries.Progress;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One import of a delivery: adds lines to the stock, {@value #BATCH} in each transaction, and keeps
 * no more than a batch in memory. The progress of a delivery with an id is part of the transaction,
 * so a delivery that is sent again counts each line once, whatever the outcome of the previous
 * attempt. For one thread at a time; every {@value #BATCH}th line blocks on the database.
 */
public final class ImportStock {

  /** The number of lines in one transaction. */
  public static final int BATCH = 500;

  /** The number of bad lines that are reported one by one. */
  public static final int MAX_ERRORS = 100;

  private final Stock stock;
  private final Deliveries deliveries;
  private final Transaction transaction;
  private final List<Line> batch = new ArrayList<>();
  private final List<BadLine> errors = new ArrayList<>();
  private final LinesDigest digest = new LinesDigest();
  private String delivery = "";
  private long read;
  private long repeated;
  private long imported;
  private long pieces;
  private long rejected;
  private long tried;
  private long kept;
  private long settledBefore;
  private boolean otherLines;

  public ImportStock(Stock stock, Deliveries deliveries, Transaction transaction) {
    this.stock = stock;
    this.deliveries = deliveries;
    this.transaction = transaction;
  }

  /**
   * Takes the next line; a bad one is reported in the summary.
   *
   * @param deliveryId the line's delivery; the first line's counts, and may be empty
   * @throws Refusal when the delivery's id is invalid, differs from the first line's, or is known
   *     with other lines
   */
  public void add(String deliveryId, String productId, int quantity) {
    read++;
    if (read == 1 && !deliveryId.isEmpty()) {
      InvalidInput.requireNotBlank("delivery_id", deliveryId);
      delivery = InvalidInput.requireId("delivery_id", deliveryId);
    } else if (!deliveryId.isEmpty() && !deliveryId.equals(delivery)) {
      throw InvalidInput.otherDelivery(read, delivery);
    }
    batch.add(Line.of(read, productId, quantity));
    if (batch.size() == BATCH) {
      store();
    }
  }

  /**
   * Stores the remaining lines and returns the summary.
   *
   * @throws Refusal when the delivery is known with other lines, or with more of them
   */
  public Summary finish() {
    store();
    if (settledBefore > read) {
      throw otherLines();
    }
    return new Summary(read, repeated, imported, pieces, List.copyOf(errors), rejected);
  }

  /**
   * For the client of a stopped import: which lines are stored or reported, and how to continue.
   */
  public String describeKeptLines() {
    if (otherLines) {
      return "nothing of it is kept";
    }
    String certain = "lines up to " + kept + " are kept";
    if (!delivery.isEmpty()) {
      return certain + "; send the delivery again from its first line";
    }
    // A commit whose answer was lost may have succeeded.
    return tried > kept ? certain + ", up to " + tried + " perhaps" : certain;
  }

  private void store() {
    if (batch.isEmpty()) {
      return;
    }
    tried = read;
    Stored stored = delivery.isEmpty() ? add(0) : transaction.within(this::addTheRest);
    for (Line line : batch) {
      if (line.number <= stored.before) {
        repeated++;
      } else if (!line.problem.isEmpty()) {
        reject(line.number, line.problem);
      } else if (stored.unknown.contains(line.productId)) {
        reject(line.number, "unknown product: " + line.productId);
      } else {
        imported++;
        pieces = Math.addExact(pieces, line.quantity);
      }
    }
    batch.clear();
    kept = read;
  }

  /** Adds the lines that an earlier attempt has not settled. */
  private Stored addTheRest() {
    Progress before = deliveries.lock(delivery);
    settledBefore = before.lines();
    for (Line line : batch) {
      digest.add(line.productId, line.quantity);
      if (line.number == before.lines() && !digest.value().equals(before.digest())) {
        throw otherLines();
      }
    }
    Stored stored = add(before.lines());
    if (read > before.lines()) {
      deliveries.advance(delivery, new Progress(read, digest.value()));
    }
    return stored;
  }

  /**
   * The settled lines belong to another delivery. Nothing was added yet: all settled lines are
   * compared first.
   */
  private Refusal otherLines() {
    otherLines = true;
    return Refusal.otherDelivery(delivery);
  }

  private Stored add(long before) {
    SortedMap<String, Long> sums = new TreeMap<>();
    for (Line line : batch) {
      if (line.number > before && line.problem.isEmpty()) {
        sums.merge(line.productId, (long) line.quantity, Math::addExact);
      }
    }
    return new Stored(
        before, sums.isEmpty() ? Set.of() : transaction.within(() -> stock.add(sums)));
  }

  private void reject(long line, String problem) {
    rejected++;
    if (errors.size() < MAX_ERRORS) {
      errors.add(new BadLine(line, problem));
    }
  }

  /** The number of lines settled before a batch, and the batch's unknown products. */
  private record Stored(long before, Set<String> unknown) {}

  private record Line(long number, String productId, int quantity, String problem) {
    static Line of(long number, String productId, int quantity) {
      try {
        InvalidInput.requireId("product_id", productId);
        InvalidInput.requirePieces("quantity", quantity);
        return new Line(number, productId, quantity, "");
      } catch (InvalidInput e) {
        return new Line(number, "", 0, String.valueOf(e.getMessage()));
      }
    }
  }

  /** A line that could not be imported; lines count from 1. */
  public record BadLine(long line, String problem) {}

  /**
   * An import's result; {@code errors} holds the first {@value #MAX_ERRORS} bad lines. Lines that
   * an earlier attempt had settled count as repeated, not as imported or rejected.
   */
  public record Summary(
      long linesRead,
      long linesRepeated,
      long linesImported,
      long piecesImported,
      List<BadLine> errors,
      long linesRejected) {}
}
