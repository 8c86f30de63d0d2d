package dev.platform.payment.bank.domain;

import java.util.function.DoubleSupplier;
import java.util.function.UnaryOperator;

/**
 * The behaviour in force in this instance, and the dice. Thread-safe. It is kept in memory: another
 * instance, and this one after a restart, behaves as configured.
 */
public final class Simulation {

  private volatile Behaviour behaviour;
  private final DoubleSupplier dice;

  /**
   * @param dice numbers from 0 to just below 1, thread-safe
   */
  public Simulation(Behaviour behaviour, DoubleSupplier dice) {
    this.behaviour = behaviour;
    this.dice = dice;
  }

  public Behaviour behaviour() {
    return behaviour;
  }

  /** Behaves differently from now on; returns how. */
  public synchronized Behaviour change(UnaryOperator<Behaviour> change) {
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
