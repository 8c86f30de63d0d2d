package dev.platform.simulation;

import io.grpc.Metadata;
import io.grpc.Status;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The server of one instance: it answers calls, if it is not frozen, well or with failures. */
final class Callee {

  private final Machine machine;
  private final String address;
  private final boolean dropsUnknown;
  private final Set<ServiceSubchannel> connections = new LinkedHashSet<>();
  private Failing failing = Failing.NOT;
  private long failingUntil;
  private boolean closed;
  private boolean silent;

  /** How its calls end. Health checks are always answered. */
  enum Failing {
    NOT,
    UNAVAILABLE,
    INTERNAL,
    /** Calls are not answered. */
    HANGING
  }

  Callee(Machine machine, String address) {
    this.machine = machine;
    this.address = address;
    this.dropsUnknown = machine.random().nextBoolean();
  }

  Machine machine() {
    return machine;
  }

  /** {@code host:port}. */
  String address() {
    return address;
  }

  /** Whether the network in front of it drops the packets of connections that it does not know. */
  boolean dropsUnknown() {
    return dropsUnknown;
  }

  boolean accepts() {
    return machine.isAlive() && !closed;
  }

  /** Whether its machine says that nobody listens. */
  boolean isRefusing() {
    return closed && !silent;
  }

  void fail(Failing how, long until) {
    failing = how;
    failingUntil = Math.max(failingUntil, until);
  }

  boolean isFailing() {
    return machine.loop().now() < failingUntil;
  }

  long failingUntil() {
    return failingUntil;
  }

  void add(ServiceSubchannel connection) {
    connections.add(connection);
  }

  void remove(ServiceSubchannel connection) {
    connections.remove(connection);
  }

  /** A request has arrived; answers once. */
  void serve(ServiceCall<?, ?> call, boolean check) {
    machine.receive(
        () -> {
          if (closed) {
            return;
          }
          if (!check && isFailing()) {
            fail(call);
            return;
          }
          long time = Loop.MILLI + machine.random().nextLong(20 * Loop.MILLI);
          machine.after(check ? 0 : time, () -> call.answered(Status.OK, new Metadata()));
        });
  }

  private void fail(ServiceCall<?, ?> call) {
    switch (failing) {
      case UNAVAILABLE ->
          call.answered(Status.UNAVAILABLE.withDescription("no database"), new Metadata());
      case INTERNAL -> call.answered(Status.INTERNAL.withDescription("a bug"), new Metadata());
      case NOT, HANGING -> {}
    }
  }

  /** The process ends: its kernel closes its connections, unless the machine is lost. */
  void close(boolean machineToo) {
    closed = true;
    silent = machineToo;
    if (!machineToo) {
      List.copyOf(connections).forEach(ServiceSubchannel::closedByServer);
    }
    connections.clear();
  }
}
