package dev.platform.benchmarks;

import java.util.ArrayList;
import java.util.List;

/** Medians over the rounds of a benchmark. */
final class Medians {

  private Medians() {}

  static double median(List<Double> values) {
    return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
  }

  /** Each round's value divided by the base's in the same round. */
  static List<Double> ratios(List<Double> some, List<Double> base) {
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; i < Math.min(some.size(), base.size()); i++) {
      ratios.add(some.get(i) / base.get(i));
    }
    return ratios;
  }
}
