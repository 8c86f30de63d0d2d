package dev.platform.benchmarks;

import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** What the compared messages contain: values as the mall has them. */
final class MallValues {

  static final String USER = "u-4711";
  static final String ORDER = "7f0c9a52-9c1e-4f1b-8f0e-2b5d5a3c6e11";
  static final String KEY = "0d4b8a52-1f6e-4a9e-b3c1-5a7e9d2f4c60";
  static final List<String> PRODUCTS = List.of("p-1", "p-10", "p-4", "p-12", "p-15");
  static final int[] QUANTITIES = {1, 2, 12};
  static final String NAME = "Enamel mug";
  static final String DESCRIPTION = "White with a blue rim, holds 350 ml and survives a campfire.";
  static final String CURRENCY = "EUR";
  static final long PRICE = 1290;
  static final long TOTAL = 18_470;
  static final String EVENT = "Paid, stock confirmed";
  static final long TIMESTAMP = 1_795_953_600L;

  /** Ids of a long list. */
  static final List<String> STOCKED =
      IntStream.range(0, 1000).mapToObj(i -> String.format(Locale.ROOT, "p-%d", i + 1)).toList();

  private MallValues() {}

  // Numbers of one to five digits, the same in each run.

  static long available(int product) {
    return 17L + 37L * product % 5_000;
  }

  static long reserved(int product) {
    return 1L + product % 23;
  }

  static long sold(int product) {
    return 5L + 991L * product % 90_000;
  }
}
