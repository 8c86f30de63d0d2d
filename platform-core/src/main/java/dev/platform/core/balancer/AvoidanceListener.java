package dev.platform.core.balancer;

/** Learns which instances calls keep away from. Called by several channels' threads. */
@FunctionalInterface
public interface AvoidanceListener {

  /** Why calls go elsewhere. */
  enum Reason {
    /** Its connection stands, and nothing comes from it. */
    SILENT,
    /** Its calls fail. */
    FAILING
  }

  /**
   * @param service the channel's authority
   * @param avoided whether from now on, or no longer
   */
  void changed(String service, Reason reason, boolean avoided);
}
