package dev.platform.simulation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a story has led to.
 *
 * @param violation the first promise that was not kept; null if all were
 * @param digest the same for the same history
 * @param events how many there were
 * @param simulated how much time has passed, in nanoseconds
 * @param lines the last of what has happened
 */
record Run(
    Story story,
    History.@Nullable Violation violation,
    long digest,
    long events,
    long simulated,
    List<String> lines) {

  /** After the end all instances leave, and nothing may be left of them. */
  private static final long FAREWELL = 20 * Loop.SECOND;

  /** Tells a story. The same each time. */
  static Run of(Story story) {
    Path folder = temporary();
    try {
      return tell(story, folder);
    } finally {
      delete(folder);
    }
  }

  private static Run tell(Story story, Path folder) {
    Loop loop = new Loop(story.seed());
    History log = new History(loop);
    Fleet fleet = new Fleet(story, loop, log, folder);
    Trouble trouble = new Trouble(fleet);
    story.faults().forEach(trouble::schedule);
    fleet.checker().start();
    run(loop, log, story.length());
    if (log.violation() == null) {
      fleet.farewell();
      run(loop, log, story.length() + FAREWELL);
      fleet.checker().farewell();
    }
    return new Run(story, log.violation(), log.digest(), loop.count(), loop.now(), log.lines());
  }

  private static void run(Loop loop, History log, long until) {
    while (loop.now() < until && log.violation() == null) {
      try {
        loop.runUntil(Math.min(until, loop.now() + Loop.SECOND));
      } catch (Loop.StandsStill e) {
        log.violated(Promise.FEW_REQUESTS, "%s", String.valueOf(e.getMessage()));
      }
    }
  }

  private static Path temporary() {
    try {
      return Files.createTempDirectory("simulation");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
