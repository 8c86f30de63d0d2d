package dev.platform.core.etcd;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** A channel to etcd whose connections can be replaced. Thread-safe. */
final class SwitchableChannel extends Channel {

  private final Set<ManagedChannel> others = new HashSet<>(); // guarded by this
  private boolean closed; // guarded by this
  private volatile ManagedChannel current;

  SwitchableChannel(ManagedChannel first) {
    current = first;
  }

  /** Manages a channel that it may be switched to. */
  synchronized void prepare(ManagedChannel next) {
    if (closed) {
      next.shutdownNow();
    } else {
      others.add(next);
    }
  }

  /** New calls go to a prepared channel; in-flight calls complete on the old one. */
  synchronized void switchTo(ManagedChannel next) {
    ManagedChannel old = current;
    current = next;
    others.remove(next);
    others.add(old);
    old.shutdown();
  }

  /** Shuts down a prepared channel, or one that was switched from, with its in-flight calls. */
  synchronized void drop(ManagedChannel channel) {
    if (others.remove(channel)) {
      channel.shutdownNow();
    }
  }

  ManagedChannel current() {
    return current;
  }

  void resetConnectBackoff() {
    current.resetConnectBackoff();
  }

  synchronized void shutdownNow() {
    closed = true;
    List.copyOf(others).forEach(this::drop);
    current.shutdownNow();
  }

  void awaitTermination(long millis) throws InterruptedException {
    current.awaitTermination(millis, TimeUnit.MILLISECONDS);
  }

  @Override
  public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options) {
    return current.newCall(method, options);
  }

  @Override
  public String authority() {
    return current.authority();
  }
}
