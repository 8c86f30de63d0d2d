package dev.platform.inventory.domain;

/** The progress of deliveries. Each call joins the current transaction and blocks. */
public interface Deliveries {

  /** Locks the delivery until the transaction ends, and returns its progress. */
  Progress lock(String id);

  /** Records the progress of a locked delivery. */
  void advance(String id, Progress to);

  /**
   * The part of a delivery that is settled.
   *
   * @param lines the number of lines, from the first
   * @param digest of these lines; empty when there are none
   */
  record Progress(long lines, String digest) {}
}
