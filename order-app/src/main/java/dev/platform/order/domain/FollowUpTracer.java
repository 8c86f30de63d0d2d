package dev.platform.order.domain;

/** Traces background work for an order, linked to the order's request. Thread-safe. */
public interface FollowUpTracer {

  /**
   * Runs the work on the caller's thread; its exceptions pass through.
   *
   * @param what the span's name, one of few
   * @param orderId the order that the work is for
   * @param origin as in {@link DueWork}
   */
  void run(String what, String orderId, String origin, Runnable work);
}
