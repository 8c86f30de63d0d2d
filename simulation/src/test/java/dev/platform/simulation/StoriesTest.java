package dev.platform.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/**
 * The same stories in each build. {@code -Dplatform.simulation.time=3m} tells others each time, for
 * as long; with {@code -Dplatform.simulation.from=1}, too, those from this seed on, and with {@code
 * -Dplatform.simulation.to=900} none after that one; and {@code -Dplatform.simulation.seed=…} one
 * again. The reports are in {@code target/simulation}.
 */
class StoriesTest {

  private static final long IN_A_BUILD = 10 * Loop.SECOND;
  private static final long FAULT_EVERY = 300 * Loop.SECOND;

  @Test
  void everyPromiseIsKeptWhateverHappens() throws Exception {
    Long wanted = Long.getLong("platform.simulation.seed");
    String wantedTime = System.getProperty("platform.simulation.time");
    long any = wantedTime == null ? 1 : RandomGenerator.getDefault().nextInt(1_000_000_000);
    long first = wanted != null ? wanted : Long.getLong("platform.simulation.from", any);
    long time = wanted != null ? 1 : wantedTime == null ? IN_A_BUILD : nanos(wantedTime);
    long last = Long.getLong("platform.simulation.to", Long.MAX_VALUE);
    Report report = new Report();
    long seed = first;
    while (report.tell(Story.of(seed++)) && report.took() < time && seed <= last) {
      // The next one.
    }
    System.out.println("[simulation] " + report.line());
    report.write("stories");
    Run failed = report.failed();
    if (failed != null) {
      fail(Report.describe(failed));
    }
  }

  /** {@code -Dplatform.simulation.fleet=24h} for a day of it. */
  @Test
  void everyPromiseIsKeptInALargeFleet() throws Exception {
    String wanted = System.getProperty("platform.simulation.fleet");
    long length = nanos(wanted == null ? "20m" : wanted);
    long seed = wanted == null ? 1 : RandomGenerator.getDefault().nextInt(1_000_000_000);
    Report report = new Report();
    report.tell(Story.fleet(seed, 50, length, FAULT_EVERY));
    System.out.println("[simulation] 50 instances: " + report.line());
    report.write("fleet-of-50");
    Run failed = report.failed();
    if (failed != null) {
      fail(Report.describe(failed));
    }
  }

  @Test
  void theSameSeedIsTheSameHistory() {
    for (long seed = 1; seed <= 3; seed++) {
      Run once = Run.of(Story.of(seed));
      Run again = Run.of(Story.of(seed));

      assertThat(again.lines()).isEqualTo(once.lines());
      assertThat(again).isEqualTo(once);
    }
  }

  /** A number and {@code s}, {@code m} or {@code h}. */
  private static long nanos(String time) {
    long number = Long.parseLong(time.substring(0, time.length() - 1));
    return switch (time.substring(time.length() - 1).toLowerCase(Locale.ROOT)) {
      case "s" -> TimeUnit.SECONDS.toNanos(number);
      case "m" -> TimeUnit.MINUTES.toNanos(number);
      case "h" -> TimeUnit.HOURS.toNanos(number);
      default -> throw new IllegalArgumentException(time + " (expected: such as 20s, 3m or 1h)");
    };
  }
}
