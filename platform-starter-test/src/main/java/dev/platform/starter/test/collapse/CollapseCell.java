package dev.platform.starter.test.collapse;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One load with one trigger.
 *
 * @param trigger its name
 * @param load the share of the capacity, from 0 to 1
 * @param perSecond the same in requests
 * @param verdict how it ended
 * @param before the share of good requests before the trigger
 * @param after the share at the end
 * @param recoveredAfter from when on goodput was back, after the trigger's end; null unless it
 *     recovered
 * @param triggerBegan after the begin of the cell; null if it was never steady
 * @param triggerEnded likewise
 * @param goodput its course
 * @param failures what became of other requests at the end of the cell, with numbers
 */
public record CollapseCell(
    String trigger,
    double load,
    double perSecond,
    Verdict verdict,
    double before,
    double after,
    @Nullable Duration recoveredAfter,
    @Nullable Duration triggerBegan,
    @Nullable Duration triggerEnded,
    List<GoodputPoint> goodput,
    Map<String, Integer> failures) {

  public CollapseCell {
    goodput = List.copyOf(goodput);
    failures = Map.copyOf(failures);
  }

  public boolean isStable() {
    return verdict == Verdict.RECOVERED;
  }
}
