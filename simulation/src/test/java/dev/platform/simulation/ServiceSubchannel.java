package dev.platform.simulation;

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ConnectivityState;
import io.grpc.ConnectivityStateInfo;
import io.grpc.EquivalentAddressGroup;
import io.grpc.Grpc;
import io.grpc.LoadBalancer.Subchannel;
import io.grpc.LoadBalancer.SubchannelStateListener;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A connection to one instance, as grpc-java's: made again with a growing pause, if it fails. */
final class ServiceSubchannel extends Subchannel {

  private static final long CONNECT_TIMEOUT = 20 * Loop.SECOND;

  private final ServiceChannel channel;
  private final Machine machine;
  private final Set<ServiceCall<?, ?>> calls = new LinkedHashSet<>();
  private List<EquivalentAddressGroup> groups;
  private ConnectivityState state = ConnectivityState.IDLE;
  private @Nullable SubchannelStateListener listener;
  private @Nullable Callee callee;
  private Attributes transport = Attributes.EMPTY;
  private Loop.@Nullable Event retry;
  private int failures;
  private boolean shutdown;

  ServiceSubchannel(ServiceChannel channel, List<EquivalentAddressGroup> groups) {
    this.channel = channel;
    this.machine = channel.machine();
    this.groups = groups;
  }

  SocketAddress address() {
    return groups.get(0).getAddresses().get(0);
  }

  boolean isReady() {
    return state == ConnectivityState.READY;
  }

  @Nullable Callee callee() {
    return callee;
  }

  Attributes transport() {
    return transport;
  }

  /**
   * Whether its server's machine is lost, and another one has the address, which answers that it
   * does not know the connection. Some networks drop that.
   */
  boolean isUnknownToServer() {
    Callee now = channel.calleeAt(address());
    return callee != null && now != callee && now != null && now.accepts() && !now.dropsUnknown();
  }

  void add(ServiceCall<?, ?> call) {
    calls.add(call);
  }

  void remove(ServiceCall<?, ?> call) {
    calls.remove(call);
  }

  @Override
  public void start(SubchannelStateListener policys) {
    listener = policys;
  }

  @Override
  public void requestConnection() {
    if (state == ConnectivityState.IDLE) {
      connect();
    }
  }

  private void connect() {
    retry = null;
    enter(ConnectivityStateInfo.forNonError(ConnectivityState.CONNECTING));
    Callee found = channel.calleeAt(address());
    if (found == null || found.isRefusing()) {
      machine.after(Loop.MILLI, this::failed);
    } else if (isSilent(found)) {
      awaitAnswer(CONNECT_TIMEOUT);
    } else {
      machine.after(Loop.MILLI + machine.random().nextLong(3 * Loop.MILLI), () -> connected(found));
    }
  }

  private static boolean isSilent(Callee callee) {
    return !callee.machine().isAlive() || callee.machine().isPaused();
  }

  /** TCP repeats its attempt, and whoever has the address then may answer. */
  private void awaitAnswer(long left) {
    machine.after(
        Loop.SECOND,
        () -> {
          Callee now = channel.calleeAt(address());
          if (now != null && !isSilent(now) && now.accepts()) {
            connected(now);
          } else if (left > 0 && (now == null || isSilent(now))) {
            awaitAnswer(left - Loop.SECOND);
          } else {
            failed();
          }
        });
  }

  private void connected(Callee found) {
    if (shutdown) {
      return;
    }
    if (!found.accepts() || found.machine().isPaused()) {
      failed();
      return;
    }
    failures = 0;
    callee = found;
    found.add(this);
    transport = Attributes.newBuilder().set(Grpc.TRANSPORT_ATTR_REMOTE_ADDR, address()).build();
    enter(ConnectivityStateInfo.forNonError(ConnectivityState.READY));
  }

  private void failed() {
    if (shutdown) {
      return;
    }
    double pause = Math.min(120, Math.pow(1.6, failures++));
    pause *= 0.8 + 0.4 * machine.random().nextDouble();
    retry = machine.after((long) (pause * Loop.SECOND), () -> channel.run(this::connectUnlessOver));
    enter(
        ConnectivityStateInfo.forTransientFailure(
            Status.UNAVAILABLE.withDescription("io exception: Connection refused")));
  }

  private void connectUnlessOver() {
    if (!shutdown) {
      connect();
    }
  }

  /** The server's process has ended. */
  void closedByServer() {
    machine.after(Loop.MILLI, this::lost);
  }

  private void lost() {
    Callee left = callee;
    leave();
    for (ServiceCall<?, ?> call : List.copyOf(calls)) {
      if (left != null && !call.isCheck()) {
        channel.observer().lost(left);
      }
      call.lost(Status.UNAVAILABLE.withDescription("Network closed"));
    }
    calls.clear();
    if (!shutdown) {
      enter(ConnectivityStateInfo.forNonError(ConnectivityState.IDLE));
    }
  }

  private void leave() {
    if (callee != null) {
      callee.remove(this);
      callee = null;
    }
  }

  private void enter(ConnectivityStateInfo next) {
    state = next.getState();
    channel.run(
        () -> {
          if (listener != null) {
            listener.onSubchannelState(next);
          }
        });
  }

  /** Its calls end by themselves. */
  @Override
  public void shutdown() {
    if (shutdown) {
      return;
    }
    shutdown = true;
    if (retry != null) {
      retry.cancel();
    }
    enter(ConnectivityStateInfo.forNonError(ConnectivityState.SHUTDOWN));
  }

  @Override
  public List<EquivalentAddressGroup> getAllAddresses() {
    return groups;
  }

  @Override
  public void updateAddresses(List<EquivalentAddressGroup> next) {
    groups = new ArrayList<>(next);
  }

  @Override
  public Attributes getAttributes() {
    return Attributes.EMPTY;
  }

  /** For health checks. */
  @Override
  public Channel asChannel() {
    return new Channel() {

      @Override
      public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options) {
        return new ServiceCall<>(channel, method, options, ServiceSubchannel.this);
      }

      @Override
      public String authority() {
        return channel.authority();
      }
    };
  }
}
