package dev.platform.payment.bank.domain;

import dev.platform.payment.domain.Refusal;
import java.util.function.DoubleSupplier;
import java.util.function.UnaryOperator;

/**
 * The current behaviour of this instance, and its random numbers. Thread-safe. The behaviour is
 * kept in memory: other instances, and this one after a restart, behave as configured.
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
   * Changes the behaviour from now on; returns the new one.
   *
   * @throws Refusal when it is not settable
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
