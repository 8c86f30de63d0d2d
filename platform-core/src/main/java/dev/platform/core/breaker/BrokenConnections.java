package dev.platform.core.breaker;

import io.grpc.Attributes;
import java.util.Collections;
import java.util.Set;
import java.util.WeakHashMap;

/**
 * Connections that broke with calls in flight. That is one failure, however many calls it ends: the
 * balancer leaves the instance at once, and the other instances are not affected. Thread-safe.
 */
final class BrokenConnections {

  // guarded by this; weak: gRPC drops the attributes with the connection
  private final Set<Attributes> known = Collections.newSetFromMap(new WeakHashMap<>());

  /** Returns true for the first call that reports a connection. */
  synchronized boolean add(Attributes connection) {
    return known.add(connection);
  }
}
