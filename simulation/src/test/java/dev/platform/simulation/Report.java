package dev.platform.simulation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Tells many stories, until one ends badly, and sums them up in a line and in a file. */
final class Report {

  private static final Path FILES =
      Path.of(System.getProperty("basedir", "."), "target", "simulation");

  private final Map<Fault.Kind, Integer> faults = new EnumMap<>(Fault.Kind.class);
  private final long startedAt = System.nanoTime();
  private long stories;
  private long simulated;
  private long events;
  private long firstSeed;
  private long lastSeed;
  private @Nullable Run failed;

  /** Returns whether all promises were kept. */
  boolean tell(Story story) {
    Run run = Run.of(story);
    firstSeed = stories == 0 ? story.seed() : firstSeed;
    lastSeed = story.seed();
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
    return String.format(
        Locale.ROOT,
        "%d seeds, %.1f simulated hours in %.1f s, %.1f million events; faults: %s; violations: %d",
        stories,
        simulated / 3600e9,
        took() / 1e9,
        events / 1e6,
        kinds,
        failed == null ? 0 : 1);
  }

  /** Writes the report to {@code target/simulation}. */
  void write(String name) throws IOException {
    StringBuilder text = new StringBuilder();
    text.append("%s: seeds %d to %d%n".formatted(name, firstSeed, lastSeed));
    text.append(
        String.format(
            Locale.ROOT,
            "%d stories, %.1f simulated hours in %.1f s, %.1f million events%n",
            stories,
            simulated / 3600e9,
            took() / 1e9,
            events / 1e6));
    text.append("faults met:%n".formatted());
    faults.forEach(
        (kind, count) ->
            text.append("  %-24s %d%n".formatted(kind.name().toLowerCase(Locale.ROOT), count)));
    text.append("violations: %d%n".formatted(failed == null ? 0 : 1));
    if (failed != null) {
      text.append("  seed %d: %s%n".formatted(failed.story().seed(), failed.violation()));
    }
    Files.createDirectories(FILES);
    Files.writeString(FILES.resolve(name + ".txt"), text);
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
