package dev.platform.payment.bank.domain;

import dev.platform.payment.domain.Refusal;
import java.util.function.DoubleSupplier;
import java.util.function.UnaryOperator;

/**
 * The behaviour in force in this instance, and the dice. Thread-safe. It is kept in memory: another
 * instance, and this one after a restart, behaves as configured.
 */
public final class Simulation {

  private volatile Behaviour behaviour;
  private final boolean settable;
  private final DoubleSupplier dice;

  /**
   * @param settable whether the behaviour may be changed
   * @param dice numbers from 0 to just below 1, thread-safe
   */
  public Simulation(Behaviour behaviour, boolean settable, DoubleSupplier dice) {
    this.behaviour = behaviour;
    this.settable = settable;
    this.dice = dice;
  }

  public Behaviour behaviour() {
    return behaviour;
  }

  /**
   * Behaves differently from now on; returns how.
   *
   * @throws Refusal where it is not settable
   */
  public synchronized Behaviour change(UnaryOperator<Behaviour> change) {
    if (!settable) {
      throw new Refusal(
          Refusal.Kind.NOT_ALLOWED,
          "mall.bank.settable: false (expected: true, for the bank's behaviour to be set)");
    }
    behaviour = change.apply(behaviour);
    return behaviour;
  }

  boolean fails() {
    return dice.getAsDouble() < behaviour.failureRatio();
  }

  boolean declines() {
    return dice.getAsDouble() < behaviour.declineRatio();
  }
}
