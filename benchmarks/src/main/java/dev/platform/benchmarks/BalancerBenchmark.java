package dev.platform.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * What load balancing policies do with slow instances and with equal ones: real servers on the
 * loopback address that answer after a time. Prints medians of rounds.
 */
final class BalancerBenchmark {

  private static final List<String> POLICIES = List.of("round_robin", "peak_ewma");
  private static final int AT_ONCE = 50;

  private BalancerBenchmark() {}

  /**
   * @param arguments the number of rounds, by default 3
   */
  public static void main(String[] arguments) throws Exception {
    int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 3;
    try (BalancedFleet warmUp = new BalancedFleet("peak_ewma", 0, 0)) {
      warmUp.closedLoop(100_000, AT_ONCE);
    }
    print("| measured | " + String.join(" | ", POLICIES) + " |");
    print("|---" + "|---".repeat(POLICIES.size()) + "|");
    table(
        rounds, BalancerBenchmark::ten, "ten instances, p99.9, ms", "ten instances, all calls, s");
    table(
        rounds,
        BalancerBenchmark::four,
        "four instances, two slow: p99, ms",
        "four instances, two slow: p99 / p99 of four healthy ones");
    table(
        rounds,
        BalancerBenchmark::three,
        "one of three slow for 10 s: p99 before, ms",
        "one of three slow for 10 s: p99 from the second second on / before",
        "one of three slow for 10 s: p99 of the first second, ms",
        "one of three was slow: its part of the calls in seconds 10 to 20 after, %");
    table(
        rounds,
        policy -> even(policy, AT_ONCE),
        "three equal instances, 50 calls at once: largest deviation from the mean, %");
    table(
        rounds,
        policy -> even(policy, 1),
        "three equal instances, one call at a time: largest deviation from the mean, %");
    PickBenchmark.printTable();
  }

  private interface Scenario {
    double[] measure(String policy) throws Exception;
  }

  /** tower's example: one of 1 ms, four of 10 ms, four of 100 ms, one of 1 s. */
  private static double[] ten(String policy) throws Exception {
    try (BalancedFleet fleet =
        new BalancedFleet(policy, 1, 10, 10, 10, 10, 100, 100, 100, 100, 1000)) {
      fleet.awaitConnections();
      long start = System.nanoTime();
      Samples samples = fleet.closedLoop(50_000, AT_ONCE);
      return new double[] {samples.millis(99.9), (System.nanoTime() - start) / 1e9};
    }
  }

  private static double[] four(String policy) throws Exception {
    double healthy;
    try (BalancedFleet fleet = new BalancedFleet(policy, 10, 10, 10, 10)) {
      fleet.awaitConnections();
      healthy = fleet.closedLoop(10_000, AT_ONCE).millis(99);
    }
    try (BalancedFleet fleet = new BalancedFleet(policy, 10, 10, 200, 200)) {
      fleet.awaitConnections();
      double slow = fleet.closedLoop(10_000, AT_ONCE).millis(99);
      return new double[] {slow, slow / healthy};
    }
  }

  private static double[] three(String policy) throws Exception {
    int rate = 200;
    try (BalancedFleet fleet = new BalancedFleet(policy, 10, 10, 10)) {
      fleet.awaitConnections();
      double before = fleet.openLoop(rate, Duration.ofSeconds(10)).millis(99);
      TimedServer slow = fleet.servers.get(1);
      slow.answersIn(200);
      double first = fleet.openLoop(rate, Duration.ofSeconds(1)).millis(99);
      double later = fleet.openLoop(rate, Duration.ofSeconds(9)).millis(99);
      slow.answersIn(10);
      fleet.openLoop(rate, Duration.ofSeconds(10));
      slow.forgetCalls();
      fleet.openLoop(rate, Duration.ofSeconds(10));
      return new double[] {before, later / before, first, slow.calls() / (rate / 10.0)};
    }
  }

  private static double[] even(String policy, int atOnce) throws Exception {
    try (BalancedFleet fleet = new BalancedFleet(policy, 10, 10, 10)) {
      fleet.awaitConnections();
      fleet.forgetCalls();
      fleet.closedLoop(600 * atOnce, atOnce);
      return new double[] {fleet.deviation()};
    }
  }

  private static void table(int rounds, Scenario scenario, String... rows) throws Exception {
    List<double[]> medians = new ArrayList<>();
    for (String policy : POLICIES) {
      List<double[]> results = new ArrayList<>();
      for (int round = 0; round < rounds; round++) {
        results.add(scenario.measure(policy));
      }
      medians.add(
          IntStream.range(0, rows.length).mapToDouble(row -> median(results, row)).toArray());
    }
    for (int row = 0; row < rows.length; row++) {
      StringBuilder cells = new StringBuilder();
      for (double[] median : medians) {
        cells.append(String.format(Locale.ROOT, " | %.1f", median[row]));
      }
      print("| " + rows[row] + cells + " |");
    }
  }

  private static double median(List<double[]> results, int row) {
    double[] sorted = results.stream().mapToDouble(each -> each[row]).sorted().toArray();
    return sorted[sorted.length / 2];
  }

  private static void print(String line) {
    System.out.println(line);
  }
}
