package dev.platform.core.authorization;

import static dev.platform.core.interleaving.Interleavings.check;
import static dev.platform.core.interleaving.Interleavings.explore;
import static dev.platform.core.interleaving.Interleavings.together;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LearnedCallsInterleavingsTest {

  /** A pair that another thread learns at the same moment may be counted, too. */
  @Test
  void noPairIsLostWithoutBeingCounted() {
    explore(
        () -> {
          LearnedCalls calls = new LearnedCalls(1);
          together(
              () -> {
                calls.learn("test.Service/Read", "one");
                calls.learn("test.Service/Read", "other");
              },
              () -> {
                calls.learn("test.Service/Read", "one");
                calls.learn("test.Service/Watch", "one");
              });
          Map<String, Set<String>> known = calls.callersByMethod();
          long remembered = known.values().stream().mapToInt(Set::size).sum();
          check(remembered + calls.leftOut() >= 3, known + " and " + calls.leftOut());
        });
  }
}
