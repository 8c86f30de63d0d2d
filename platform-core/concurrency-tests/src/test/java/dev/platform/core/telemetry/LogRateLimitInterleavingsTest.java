package dev.platform.core.telemetry;

import static dev.platform.core.interleaving.Interleavings.check;
import static dev.platform.core.interleaving.Interleavings.explore;
import static dev.platform.core.interleaving.Interleavings.together;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LogRateLimitInterleavingsTest {

  @Test
  void eachLineIsWrittenOrCountedAsSuppressed() {
    explore(
        () -> {
          AtomicLong now = new AtomicLong();
          LogRateLimit limit = new LogRateLimit(1, now::get);
          AtomicInteger lines = new AtomicInteger();
          AtomicLong suppressed = new AtomicLong();
          Runnable line =
              () -> {
                long before = limit.take();
                if (before >= 0) {
                  lines.incrementAndGet();
                  suppressed.addAndGet(before);
                }
              };
          together(line, line, line);
          check(lines.get() == 1, "lines: " + lines);
          now.set(TimeUnit.SECONDS.toNanos(1));
          line.run();
          check(lines.get() == 2 && suppressed.get() == 2, "suppressed: " + suppressed);
        });
  }
}
