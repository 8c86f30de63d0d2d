package dev.platform.simulation;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes a story that ends badly shorter, for as long as the same promise is not kept. */
final class Shrinker {

  private final Promise promise;
  private Run shortest;

  private Shrinker(Run failed, Promise promise) {
    this.shortest = failed;
    this.promise = promise;
  }

  /** The shortest story found, told again. */
  static Run shrink(Run failed) {
    History.Violation violation = failed.violation();
    if (violation == null) {
      return failed;
    }
    Shrinker shrinker = new Shrinker(failed, violation.promise());
    shrinker.shrink();
    return shrinker.shortest;
  }

  private void shrink() {
    tryStory(shortest.story().withLength(shortest.simulated()));
    int before;
    do {
      before = shortest.story().faults().size();
      for (int part = Math.max(1, before / 2); part >= 1; part /= 2) {
        dropParts(part);
      }
    } while (shortest.story().faults().size() < before);
  }

  private void dropParts(int size) {
    for (int from = shortest.story().faults().size() - size; from >= 0; from -= size) {
      List<Fault> fewer = new ArrayList<>(shortest.story().faults());
      fewer.subList(from, from + size).clear();
      tryStory(shortest.story().with(fewer));
    }
  }

  private void tryStory(Story story) {
    Run run = Run.of(story);
    History.@Nullable Violation violation = run.violation();
    if (violation != null && violation.promise() == promise) {
      shortest = run;
    }
  }
}
