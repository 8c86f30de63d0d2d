package dev.platform.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.simulation.Fault.Kind;

/** Stories that once ended badly. */
final class ToldAgain {

  static final long MINUTE = 60 * Loop.SECOND;

  private ToldAgain() {}

  static void keepsAllPromises(Story story) {
    assertThat(Run.of(story).violation()).isNull();
  }

  static Fault fault(Kind kind, long atMillis, long millis, int target, long size) {
    return new Fault(kind, atMillis * Loop.MILLI, millis * Loop.MILLI, target, size);
  }
}
