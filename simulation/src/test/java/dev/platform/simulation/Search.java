package dev.platform.simulation;

import org.jspecify.annotations.Nullable;

/** Tells stories until one ends badly; called among planted classes, too, by its name. */
public final class Search {

  private Search() {}

  /**
   * What was found: the number of the promise, the number of stories, what has happened; null if
   * nothing was found in time.
   *
   * @param nanos real time
   */
  public static String @Nullable [] find(long firstSeed, long nanos) {
    long start = System.nanoTime();
    for (long seed = firstSeed; System.nanoTime() - start < nanos; seed++) {
      History.Violation violation = Run.of(Story.of(seed)).violation();
      if (violation != null) {
        return new String[] {
          violation.promise().number(), Long.toString(seed - firstSeed + 1), violation.toString()
        };
      }
    }
    return null;
  }

  /** The story of a seed, as short as it can be told; empty if it ends well. */
  public static String tell(long seed) {
    Run run = Run.of(Story.of(seed));
    return run.violation() == null ? "" : Report.describe(run);
  }
}
