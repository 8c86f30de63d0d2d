package dev.platform.benchmarks;

import dev.platform.benchmarks.FaultTimeline.Effect;
import dev.platform.benchmarks.PeersBenchmark.Progress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * What each peer's own client does when one of three instances is slow, frozen or killed. An
 * instance answers after 5 ms; the client makes 200 calls a second. All processes share both cores.
 */
final class PeerFaults {

  static final int HANDLER_MICROS = 5_000;

  private static final int RATE = 200;

  /** What happens to one instance, to another one each time. */
  enum Fault {
    SLOW("slow by 20 times", 10),
    FROZEN("frozen", 15),
    KILLED("killed", 10);

    private final String description;
    private final int seconds;

    Fault(String description, int seconds) {
      this.description = description;
      this.seconds = seconds;
    }

    void begin(PeerJvm instance) throws IOException, InterruptedException {
      switch (this) {
        case SLOW -> instance.send("delay " + 20 * HANDLER_MICROS);
        case FROZEN -> instance.freeze();
        case KILLED -> instance.close();
      }
    }

    void end(PeerJvm instance) throws IOException, InterruptedException {
      switch (this) {
        case SLOW -> instance.send("delay " + HANDLER_MICROS);
        case FROZEN -> instance.thaw();
        case KILLED -> {}
      }
    }
  }

  private final Map<PeerVariant, Map<Fault, List<Effect>>> effects =
      new EnumMap<>(PeerVariant.class);
  private final Progress progress;

  private PeerFaults(Progress progress) {
    this.progress = progress;
  }

  static void run(List<PeerVariant> variants, int rounds, Progress progress)
      throws InterruptedException {
    PeerFaults faults = new PeerFaults(progress);
    for (int round = 1; round <= rounds; round++) {
      for (PeerVariant variant : variants) {
        if (!progress.isTimeUp()) {
          faults.measure(variant, round);
        }
      }
    }
    faults.print();
  }

  private void measure(PeerVariant variant, int round) throws InterruptedException {
    progress.say("round %d: %s starts", round, variant);
    try (PeerFleet fleet = PeerFleet.start(variant)) {
      fleet.warmUp();
      for (Fault fault : Fault.values()) {
        Effect effect = measure(fleet, fault);
        effects
            .computeIfAbsent(variant, each -> new EnumMap<>(Fault.class))
            .computeIfAbsent(fault, each -> new ArrayList<>())
            .add(effect);
        progress.say("%s, one %s: %s", variant, fault.description, effect);
      }
    } catch (IOException | RuntimeException e) {
      progress.skip(variant, e);
    }
  }

  private Effect measure(PeerFleet fleet, Fault fault) throws IOException, InterruptedException {
    PeerJvm instance = fleet.instance(fault.ordinal());
    fleet.call(RATE);
    Thread.sleep(3_000);
    long start = System.nanoTime();
    fault.begin(instance);
    Thread.sleep(fault.seconds * 1000L);
    long end = System.nanoTime();
    fault.end(instance);
    Thread.sleep(fault == Fault.KILLED ? 500 : 5_000);
    FaultTimeline calls = fleet.stop();
    calls.failures().forEach((failure, count) -> progress.detail("%d x %s", count, failure));
    return calls.effect(start, end);
  }

  private void print() {
    System.out.println(
        "| peer | p99 before, ms |"
            + cells(fault -> fault.description + ": failed, % | p99, ms | right after, s"));
    System.out.println("|---|---|" + cells(fault -> "---|---|---"));
    effects.forEach((variant, each) -> System.out.println(row(variant, each)));
    System.out.println();
  }

  private static String cells(Function<Fault, String> cell) {
    return Arrays.stream(Fault.values()).map(cell).collect(Collectors.joining(" | ", " ", " |"));
  }

  private static String row(PeerVariant variant, Map<Fault, List<Effect>> effects) {
    List<Effect> all = effects.values().stream().flatMap(List::stream).toList();
    return "| "
        + variant
        + " | "
        + number(median(all, Effect::tailBefore))
        + " |"
        + cells(fault -> effects.containsKey(fault) ? row(fault, effects.get(fault)) : " | | ");
  }

  private static String row(Fault fault, List<Effect> effects) {
    double right = median(effects, Effect::rightAfter);
    return number(median(effects, effect -> 100.0 * effect.failed() / effect.calls()))
        + " | "
        + number(median(effects, Effect::tail))
        + " | "
        + (Double.isInfinite(right) ? "> " + fault.seconds : number(right));
  }

  private static double median(List<Effect> effects, ToDoubleFunction<Effect> value) {
    return Medians.median(effects.stream().mapToDouble(value).boxed().toList());
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, value < 10 ? "%.1f" : "%.0f", value);
  }
}
