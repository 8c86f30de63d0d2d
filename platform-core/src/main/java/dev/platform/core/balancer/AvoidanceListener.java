package dev.platform.core.balancer;

/**
 * Is notified when a load balancer begins to avoid an instance, and when it stops. Called on the
 * threads of several channels; must not block.
 */
@FunctionalInterface
public interface AvoidanceListener {

  /** Why an instance is avoided. */
  enum Reason {
    /** It is connected, and nothing is received from it. */
    SILENT,
    /** Its calls fail. */
    FAILING
  }

  /**
   * An instance is avoided, or is no longer avoided.
   *
   * @param service the channel's authority
   * @param avoided true when it begins, false when it ends
   */
  void changed(String service, Reason reason, boolean avoided);
}
