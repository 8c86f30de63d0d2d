package dev.platform.payment.bank.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.platform.payment.bank.domain.Behaviour;
import dev.platform.payment.bank.domain.Simulation;
import dev.platform.payment.domain.Refusal;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class BankOnItsOwnTest {

  private final Behaviour behaviour = new Behaviour(Duration.ZERO, 0, 0);

  @Test
  void itsBehaviourIsFixedUnlessChangesAreEnabled() {
    Simulation simulation = new Simulation(behaviour, false, () -> 0.5);

    Refusal refusal =
        catchThrowableOfType(
            Refusal.class,
            () -> simulation.change(now -> new Behaviour(Duration.ofSeconds(30), 1, 1)));

    assertThat(refusal.kind()).isEqualTo(Refusal.Kind.NOT_ALLOWED);
    assertThat(simulation.behaviour()).isEqualTo(behaviour);
  }
}
