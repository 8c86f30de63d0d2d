package dev.platform.order.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class MoneyTest {

  private static final Money HUGE = new Money(Long.MAX_VALUE, "EUR");

  @Test
  void countsExactly() {
    assertThat(new Money(1999, "EUR").times(3).plus(new Money(1, "EUR")))
        .isEqualTo(new Money(5998, "EUR"));
  }

  @Test
  void neverOverflowsSilently() {
    assertThatThrownBy(() -> HUGE.plus(new Money(1, "EUR")))
        .isInstanceOf(ArithmeticException.class);
    assertThatThrownBy(() -> HUGE.times(2)).isInstanceOf(ArithmeticException.class);
  }

  @Test
  void addsOnlyTheSameCurrency() {
    assertThatThrownBy(() -> HUGE.plus(new Money(1, "USD"))).hasMessage("can't add USD to EUR");
  }
}
