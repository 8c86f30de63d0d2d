package dev.platform.core.balancer;

import dev.platform.core.call.CallRecorder;
import io.grpc.Attributes;
import java.util.function.Supplier;

/**
 * What the load balancers of one application share at run time. A name resolver passes it to them
 * with the resolved addresses, as the attribute {@link #KEY}; the policy requires it. Settings are
 * not part of it: see {@link BalancerSettings}.
 *
 * @param recorder the time of calls; makes records of calls on channels without the platform's
 *     interceptors
 * @param listener is notified when an instance is avoided, and when it no longer is
 * @param zone the zone of this process, whose instances are preferred; empty for none
 * @param services shows the balancers to people
 */
public record BalancerContext(
    CallRecorder recorder,
    AvoidanceListener listener,
    Supplier<String> zone,
    BalancedServices services) {

  /** The attribute of resolved addresses. */
  public static final Attributes.Key<BalancerContext> KEY =
      Attributes.Key.create("dev.platform.balancer-context");

  /** In no zone, and seen by nobody. */
  public BalancerContext(CallRecorder recorder, AvoidanceListener listener) {
    this(recorder, listener, () -> "", new BalancedServices());
  }
}
