package dev.platform.core.balancer;

import io.grpc.ConnectivityStateInfo;
import io.grpc.EquivalentAddressGroup;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.Subchannel;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * gRPC's subchannel to one instance, which can be replaced by a new one. Confined to the channel's
 * synchronization context, except for {@link #subchannel} and {@link #pick}.
 */
final class InstanceConnection {

  private final Supplier<Subchannel> subchannels;
  private volatile Subchannel subchannel;
  private volatile PickResult pick;
  private @Nullable Consumer<ConnectivityStateInfo> listener;
  private @Nullable List<EquivalentAddressGroup> changedAddresses;

  /**
   * @param subchannels makes another one each time
   */
  InstanceConnection(Supplier<Subchannel> subchannels) {
    this.subchannels = subchannels;
    this.subchannel = subchannels.get();
    this.pick = PickResult.withSubchannel(subchannel);
  }

  Subchannel subchannel() {
    return subchannel;
  }

  /** For gRPC: its own subchannel, and nothing else that a policy may add to a pick. */
  PickResult pick() {
    return pick;
  }

  /**
   * @param listener is notified of the states of the current subchannel alone
   */
  void start(Consumer<ConnectivityStateInfo> listener) {
    this.listener = listener;
    listen(subchannel, listener);
  }

  private void listen(Subchannel started, Consumer<ConnectivityStateInfo> listener) {
    started.start(
        next -> {
          if (started == subchannel) {
            listener.accept(next);
          }
        });
  }

  void updateAddresses(List<EquivalentAddressGroup> addresses) {
    changedAddresses = addresses;
    subchannel.updateAddresses(addresses);
  }

  /** Its pause before the next attempt to connect, if there is one, ends, too. */
  void replace() {
    Subchannel old = subchannel;
    subchannel = subchannels.get();
    pick = PickResult.withSubchannel(subchannel);
    if (listener != null) {
      listen(subchannel, listener);
    }
    if (changedAddresses != null) {
      subchannel.updateAddresses(changedAddresses);
    }
    old.shutdown();
  }
}
