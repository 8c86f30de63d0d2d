package dev.platform.inventory.domain;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One import of a delivery: takes lines, adds them to the stock {@value #BATCH} at a time in a
 * transaction each, and keeps no more than a batch in memory. For one thread at a time; every
 * {@value #BATCH}th line blocks on the database.
 */
public final class ImportStock {

  /** How many lines are added in one transaction. */
  public static final int BATCH = 500;

  /** How many bad lines are told one by one. */
  public static final int MAX_ERRORS = 100;

  private final Stock stock;
  private final Transaction transaction;
  private final List<Line> batch = new ArrayList<>();
  private final List<BadLine> errors = new ArrayList<>();
  private long read;
  private long imported;
  private long pieces;
  private long rejected;
  private long kept;

  public ImportStock(Stock stock, Transaction transaction) {
    this.stock = stock;
    this.transaction = transaction;
  }

  /** Takes the next line; a bad one ends up in the summary. */
  public void add(String productId, int quantity) {
    read++;
    batch.add(Line.of(read, productId, quantity));
    if (batch.size() == BATCH) {
      store();
    }
  }

  /** Stores what is left and tells what was done. */
  public Summary finish() {
    store();
    return new Summary(read, imported, pieces, List.copyOf(errors), rejected);
  }

  /** The number of the last line that is stored or reported; those after it are not. */
  public long settledLines() {
    return kept;
  }

  private void store() {
    SortedMap<String, Long> sums = new TreeMap<>();
    for (Line line : batch) {
      if (line.problem.isEmpty()) {
        sums.merge(line.productId, (long) line.quantity, Math::addExact);
      }
    }
    Set<String> unknown = sums.isEmpty() ? Set.of() : transaction.within(() -> stock.add(sums));
    for (Line line : batch) {
      if (!line.problem.isEmpty()) {
        reject(line.number, line.problem);
      } else if (unknown.contains(line.productId)) {
        reject(line.number, "unknown product: " + line.productId);
      } else {
        imported++;
        pieces = Math.addExact(pieces, line.quantity);
      }
    }
    batch.clear();
    kept = read;
  }

  private void reject(long line, String problem) {
    rejected++;
    if (errors.size() < MAX_ERRORS) {
      errors.add(new BadLine(line, problem));
    }
  }

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

  /** What an import did; {@code errors} holds the first {@value #MAX_ERRORS} bad lines. */
  public record Summary(
      long linesRead,
      long linesImported,
      long piecesImported,
      List<BadLine> errors,
      long linesRejected) {}
}
