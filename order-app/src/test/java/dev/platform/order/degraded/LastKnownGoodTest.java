package dev.platform.order.degraded;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LastKnownGoodTest {

  private final AtomicLong nanos = new AtomicLong();

  @Test
  void returnsTheAgeOfAnAnswer() {
    LastKnownGood<String, Integer> prices = lastKnownGood(10);
    prices.keep("mug", 1999);

    pass(Duration.ofMinutes(3));

    assertThat(prices.find("mug")).contains(new AgedAnswer<>(1999, Duration.ofMinutes(3)));
    assertThat(prices.find("pen")).isEmpty();
  }

  @Test
  void eachGoodAnswerResetsTheAge() {
    LastKnownGood<String, Integer> prices = lastKnownGood(10);
    prices.keep("mug", 1999);
    pass(Duration.ofMinutes(50));
    prices.keep("mug", 2099);

    pass(Duration.ofMinutes(20));

    assertThat(prices.find("mug")).contains(new AgedAnswer<>(2099, Duration.ofMinutes(20)));
  }

  @Test
  void returnsNoAnswerThatIsTooOld() {
    LastKnownGood<String, Integer> prices = lastKnownGood(10);
    prices.keep("mug", 1999);

    pass(Duration.ofMinutes(61));

    assertThat(prices.find("mug")).isEmpty();
  }

  @Test
  void theAgeOfAnAnswerIsPositive() {
    LastKnownGood<String, Integer> prices = lastKnownGood(10);
    prices.keep("mug", 1999);

    assertThat(prices.find("mug").orElseThrow().age()).isPositive();
  }

  @Test
  void isBounded() {
    LastKnownGood<Integer, Integer> squares = lastKnownGood(100);
    IntStream.range(0, 10_000).forEach(i -> squares.keep(i, i * i));

    assertThat(IntStream.range(0, 10_000).filter(i -> squares.find(i).isPresent()).count())
        .isLessThanOrEqualTo(100);
  }

  @Test
  void keepsNothingIfDisabled() {
    LastKnownGood<String, Integer> prices = lastKnownGood(0);
    prices.keep("mug", 1999);

    assertThat(prices.find("mug")).isEmpty();
  }

  private <K, V> LastKnownGood<K, V> lastKnownGood(long maxEntries) {
    return new LastKnownGood<>(maxEntries, Duration.ofHours(1), nanos::get);
  }

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }
}
