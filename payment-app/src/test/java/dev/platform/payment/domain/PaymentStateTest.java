package dev.platform.payment.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PaymentStateTest {

  private final Payment pending = Payment.pending("o-1", "ann", new Money(1999, "EUR"));

  @Test
  void goesFromPendingToChargedToRefunded() {
    assertThat(pending.charged().refunded().status()).isEqualTo(PaymentStatus.REFUNDED);
  }

  @Test
  void keepsTheReasonOfADecline() {
    Payment declined = pending.declined("insufficient funds");

    assertThat(declined.status()).isEqualTo(PaymentStatus.DECLINED);
    assertThat(declined.declineReason()).isEqualTo("insufficient funds");
  }

  @Test
  void anIllegalTransitionNamesBothStates() {
    assertThatThrownBy(pending::refunded)
        .hasMessage("the payment of order o-1 is pending and can't be refunded");
    assertThatThrownBy(() -> pending.declined("x").charged())
        .hasMessage("the payment of order o-1 is declined and can't be charged");
    assertThatThrownBy(() -> pending.charged().refunded().charged())
        .hasMessage("the payment of order o-1 is refunded and can't be charged");
    assertThatThrownBy(Payment.voided("o-1", "ann", new Money(1999, "EUR"))::charged)
        .hasMessage("the payment of order o-1 is voided and can't be charged");
  }

  @ParameterizedTest
  @EnumSource(names = {"DECLINED", "REFUNDED", "VOIDED"})
  void nothingFollowsAFinalState(PaymentStatus end) {
    assertThat(end.next()).isEmpty();
  }

  @Test
  void moneyIsPositive() {
    assertThatThrownBy(() -> new Money(0, "EUR")).hasMessage("minor_units must be at least 1: 0");
  }
}
