package dev.platform.inventory.domain;

/**
 * How far deliveries have come in. Each call belongs to the transaction that it is made in and
 * blocks.
 */
public interface Deliveries {

  /** Locks the delivery until the transaction ends, and tells how far it has come in. */
  Progress lock(String id);

  /** Remembers that a delivery, which is locked, has come in up to here. */
  void advance(String id, Progress to);

  /**
   * The part of a delivery that has come in.
   *
   * @param lines how many lines, from the first
   * @param digest of these lines; empty when there are none
   */
  record Progress(long lines, String digest) {}
}
