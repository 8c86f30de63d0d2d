package dev.platform.benchmarks;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The platform beside other ways to serve and call the same unary method, in one run: speed, then
 * what happens to calls when one of three instances is in trouble. Tables are printed to the
 * standard output, progress to the standard error.
 */
final class PeersBenchmark {

  private static final Duration LIMIT = Duration.ofMinutes(15);

  private PeersBenchmark() {}

  /**
   * @param arguments {@code speed}, {@code faults} or {@code all}; the number of rounds; the peers'
   *     names, all peers if there are none
   */
  public static void main(String[] arguments) throws Exception {
    String part = arguments.length > 0 ? arguments[0] : "all";
    if (!List.of("all", "speed", "faults").contains(part)) {
      throw new IllegalArgumentException(part + " (expected: speed, faults or all)");
    }
    int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 0;
    List<PeerVariant> variants = PeerVariant.selected(Arrays.stream(arguments).skip(2).toList());
    // More rounds than the default are wanted whatever they take.
    Progress progress = new Progress(rounds > 0 ? Duration.ofHours(3) : LIMIT);
    if (!part.equals("faults")) {
      PeerSpeed.run(variants, rounds > 0 ? rounds : 3, progress);
    }
    if (!part.equals("speed")) {
      // The same client and server as grpc-java.
      List<PeerVariant> others =
          variants.stream().filter(variant -> variant != PeerVariant.BARE).toList();
      PeerFaults.run(others, rounds > 0 ? rounds : 1, progress);
    }
    System.exit(0);
  }

  /** Reports what is done, and when the time is up. */
  static final class Progress {

    private final long start = System.nanoTime();
    private final long limit;
    private boolean reported;

    Progress(Duration limit) {
      this.limit = limit.toNanos();
    }

    boolean isTimeUp() {
      boolean up = System.nanoTime() - start > limit;
      if (up && !reported) {
        reported = true;
        say("the time of %d minutes is up; the rest is left out", limit / 60_000_000_000L);
      }
      return up;
    }

    void say(String format, Object... arguments) {
      long seconds = (System.nanoTime() - start) / 1_000_000_000;
      System.err.printf(
          Locale.ROOT,
          "%02d:%02d %s%n",
          seconds / 60,
          seconds % 60,
          String.format(Locale.ROOT, format, arguments));
    }

    void detail(String format, Object... arguments) {
      String line = String.format(Locale.ROOT, format, arguments);
      say("  %s", line.substring(0, Math.min(line.length(), 140)));
    }

    void skip(PeerVariant variant, Exception failure) {
      say("%s is left out: %s", variant, failure);
    }
  }
}
