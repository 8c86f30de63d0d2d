package dev.platform.order.domain;

/** Shows what is done for an order after its request, and that it belongs to it. Thread-safe. */
public interface FollowUps {

  /**
   * Does it, on the thread that calls; what it throws is thrown on.
   *
   * @param what a name for it, one of few
   * @param orderId the order that it is done for
   * @param origin as {@link Due} tells it
   */
  void run(String what, String orderId, String origin, Runnable work);
}
