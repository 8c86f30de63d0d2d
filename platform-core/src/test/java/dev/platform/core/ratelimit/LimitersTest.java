package dev.platform.core.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LimitersTest {

  @ParameterizedTest
  @CsvSource({
    "100, 1s, 0.5, 50, 1s",
    "1, 1s, 0.5, 1, 2s",
    "3, 1s, 0.5, 1, 666666666ns",
    "10000000, 1h, 0.5, 5000000, 1h",
    "2000000000, 24h, 0.25, 500000000, 24h"
  })
  void aPartHasItsShareOfTheRateWhateverTheLimitAndThePeriod(
      int limit, String period, double share, int partsLimit, String partsPeriod) {
    RateLimiterConfig whole =
        RateLimiterConfig.custom()
            .limitForPeriod(limit)
            .limitRefreshPeriod(duration(period))
            .build();

    RateLimiterConfig part = Limiters.part(whole, share);

    assertThat(part.getLimitForPeriod()).isEqualTo(partsLimit);
    assertThat(part.getLimitRefreshPeriod()).isEqualTo(duration(partsPeriod));
  }

  private static Duration duration(String text) {
    return text.endsWith("ns")
        ? Duration.ofNanos(Long.parseLong(text.substring(0, text.length() - 2)))
        : Duration.parse("PT" + text);
  }
}
