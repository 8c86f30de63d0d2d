package dev.platform.order.degraded;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LastGoodTest {

  private final AtomicLong nanos = new AtomicLong();

  @Test
  void tellsHowOldAnAnswerIs() {
    LastGood<String, Integer> prices = lastGood(10);
    prices.keep("mug", 1999);

    pass(Duration.ofMinutes(3));

    assertThat(prices.find("mug")).contains(new Aged<>(1999, Duration.ofMinutes(3)));
    assertThat(prices.find("pen")).isEmpty();
  }

  @Test
  void beginsAnewWithEachGoodAnswer() {
    LastGood<String, Integer> prices = lastGood(10);
    prices.keep("mug", 1999);
    pass(Duration.ofMinutes(50));
    prices.keep("mug", 2099);

    pass(Duration.ofMinutes(20));

    assertThat(prices.find("mug")).contains(new Aged<>(2099, Duration.ofMinutes(20)));
  }

  @Test
  void hasNothingToSayOnceItIsTooOld() {
    LastGood<String, Integer> prices = lastGood(10);
    prices.keep("mug", 1999);

    pass(Duration.ofMinutes(61));

    assertThat(prices.find("mug")).isEmpty();
  }

  @Test
  void isNeverAnAnswerOfThisMoment() {
    LastGood<String, Integer> prices = lastGood(10);
    prices.keep("mug", 1999);

    assertThat(prices.find("mug").orElseThrow().age()).isPositive();
  }

  @Test
  void keepsNoMoreThanItMay() {
    LastGood<Integer, Integer> squares = lastGood(100);
    IntStream.range(0, 10_000).forEach(i -> squares.keep(i, i * i));

    assertThat(IntStream.range(0, 10_000).filter(i -> squares.find(i).isPresent()).count())
        .isLessThanOrEqualTo(100);
  }

  @Test
  void keepsNothingWhenSwitchedOff() {
    LastGood<String, Integer> prices = lastGood(0);
    prices.keep("mug", 1999);

    assertThat(prices.find("mug")).isEmpty();
  }

  private <K, V> LastGood<K, V> lastGood(long maxEntries) {
    return new LastGood<>(maxEntries, Duration.ofHours(1), nanos::get);
  }

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }
}
