package dev.platform.simulation;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A process's channel to etcd, as grpc-java's with {@code round_robin} over all members: each has a
 * connection, which is made again with a growing pause; a call takes the next one, waits while the
 * first ones are being made, and fails if none can be.
 */
final class EtcdChannel extends ManagedChannel {

  private static final long CONNECT_TIMEOUT = 3 * Loop.SECOND;

  private final Machine machine;
  private final Executor executor;
  private final Map<EtcdMember, Link> links;
  private final List<Subchannel> subchannels = new ArrayList<>();
  private final List<EtcdCall<?, ?>> waiting = new ArrayList<>();
  private int next;
  private boolean started;
  private boolean shutdown;
  private long requests;

  private enum State {
    CONNECTING,
    READY,
    FAILED
  }

  EtcdChannel(Machine machine, Executor executor, Map<EtcdMember, Link> links) {
    this.machine = machine;
    this.executor = executor;
    this.links = new LinkedHashMap<>(links);
    this.next = machine.random().nextInt(links.size());
  }

  Machine machine() {
    return machine;
  }

  Executor executor() {
    return executor;
  }

  @Override
  public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options) {
    return new EtcdCall<>(this, method, options);
  }

  void requested() {
    requests++;
  }

  /** How many calls were started. */
  long requests() {
    return requests;
  }

  void assign(EtcdCall<?, ?> call) {
    if (shutdown) {
      call.fail(Status.UNAVAILABLE.withDescription("Channel shutdown invoked"));
      return;
    }
    if (!started) {
      started = true;
      links.forEach((member, link) -> subchannels.add(new Subchannel(member, link)));
    }
    int ready = count(State.READY);
    if (ready > 0) {
      Subchannel chosen = readyOne(Math.floorMod(next++, ready));
      Connection connection = chosen.connection;
      if (connection != null) {
        call.sendOn(connection, chosen.member);
      }
    } else if (count(State.CONNECTING) > 0) {
      waiting.add(call);
    } else {
      call.fail(Status.UNAVAILABLE.withDescription("io exception: Connection refused"));
    }
  }

  private int count(State state) {
    int count = 0;
    for (Subchannel each : subchannels) {
      count += each.state == state ? 1 : 0;
    }
    return count;
  }

  private Subchannel readyOne(int index) {
    int left = index;
    for (Subchannel each : subchannels) {
      if (each.state == State.READY && left-- == 0) {
        return each;
      }
    }
    throw new IndexOutOfBoundsException(index);
  }

  private void stateChanged() {
    List<EtcdCall<?, ?>> calls = List.copyOf(waiting);
    waiting.clear();
    calls.forEach(this::assign);
  }

  @Override
  public void resetConnectBackoff() {
    subchannels.forEach(Subchannel::retryNow);
  }

  @Override
  public ManagedChannel shutdown() {
    return shutdownNow();
  }

  @Override
  public ManagedChannel shutdownNow() {
    if (!shutdown) {
      shutdown = true;
      stateChanged();
      subchannels.forEach(Subchannel::shutdown);
    }
    return this;
  }

  @Override
  public boolean isShutdown() {
    return shutdown;
  }

  @Override
  public boolean isTerminated() {
    return shutdown;
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) {
    return true;
  }

  @Override
  public String authority() {
    return "etcd";
  }

  /** The process has ended: its machine, too, or its kernel closes its connections. */
  void died(boolean machineToo) {
    shutdown = true;
    for (Subchannel each : subchannels) {
      if (each.connection != null) {
        each.connection.clientDied(machineToo);
      }
    }
  }

  private final class Subchannel {

    private final EtcdMember member;
    private final Link link;
    private State state = State.CONNECTING;
    private int failures;
    private @Nullable Connection connection;
    private Loop.@Nullable Event retry;

    Subchannel(EtcdMember member, Link link) {
      this.member = member;
      this.link = link;
      connect();
    }

    private void connect() {
      retry = null;
      long took = 2 * link.delay(machine.random());
      if (link.isCut() || member.isFrozen()) {
        machine.after(CONNECT_TIMEOUT, this::failed);
      } else {
        machine.after(took, this::connected);
      }
    }

    private void connected() {
      if (shutdown) {
        return;
      }
      if (link.isCut() || member.isFrozen() || !member.isUp()) {
        failed();
        return;
      }
      connection = new Connection(machine, member, link, this::lost);
      state = State.READY;
      failures = 0;
      stateChanged();
    }

    private void failed() {
      if (shutdown) {
        return;
      }
      // gRPC's back-off: from 1 s to 2 min, each 1.6 times the one before, with 20 % jitter.
      double pause = Math.min(120, Math.pow(1.6, failures++));
      pause *= 0.8 + 0.4 * machine.random().nextDouble();
      state = State.FAILED;
      retry = machine.after((long) (pause * Loop.SECOND), this::connect);
      stateChanged();
    }

    private void lost() {
      connection = null;
      if (!shutdown) {
        state = State.CONNECTING;
        connect();
        stateChanged();
      }
    }

    void retryNow() {
      if (retry != null && !retry.isOver()) {
        retry.cancel();
        connect();
      }
    }

    void shutdown() {
      if (retry != null) {
        retry.cancel();
      }
      if (connection != null) {
        connection.lost("Channel shutdownNow invoked");
      }
    }
  }
}
