package dev.platform.simulation;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Tells many stories, until one ends badly, and sums them up in a line. */
final class Report {

  private final Map<Fault.Kind, Integer> faults = new EnumMap<>(Fault.Kind.class);
  private final long startedAt = System.nanoTime();
  private long stories;
  private long simulated;
  private long events;
  private @Nullable Run failed;

  /** Returns whether all promises were kept. */
  boolean tell(Story story) {
    Run run = Run.of(story);
    stories++;
    simulated += run.simulated();
    events += run.events();
    story.faults().forEach(fault -> faults.merge(fault.kind(), 1, Integer::sum));
    if (run.violation() != null) {
      failed = run;
    }
    return failed == null;
  }

  /** The real time since it began, in nanoseconds. */
  long took() {
    return System.nanoTime() - startedAt;
  }

  /** The story that ended badly; null if there is none. */
  @Nullable Run failed() {
    return failed;
  }

  /** One line: how many stories, how much time, which faults, how many violations. */
  String line() {
    String kinds =
        faults.entrySet().stream()
            .map(each -> each.getKey().name().toLowerCase(Locale.ROOT) + " " + each.getValue())
            .collect(Collectors.joining(", "));
    return "%d seeds, %.1f simulated hours in %.1f s, %.1f million events; faults: %s; violations: %d"
        .formatted(
            stories, simulated / 3600e9, took() / 1e9, events / 1e6, kinds, failed == null ? 0 : 1);
  }

  /** The short story of what went wrong. */
  static String describe(Run run) {
    Run shortest = Shrinker.shrink(run);
    int from = Math.max(0, shortest.lines().size() - 60);
    return "%s%n%s%nWhat happened last:%n  %s%nAgain: -Dplatform.simulation.seed=%d"
        .formatted(
            shortest.violation(),
            shortest.story().describe(),
            String.join(
                System.lineSeparator() + "  ",
                shortest.lines().subList(from, shortest.lines().size())),
            run.story().seed());
  }
}
