package dev.platform.core.breaker;

import io.grpc.Attributes;
import java.util.Collections;
import java.util.Set;
import java.util.WeakHashMap;

/**
 * Connections that broke with calls under way. That is one event, however many calls it ends: the
 * balancer leaves the instance at once, and the others are none the worse for it. Thread-safe.
 */
final class BrokenConnections {

  // guarded by this; gRPC forgets a connection's attributes with the connection
  private final Set<Attributes> known = Collections.newSetFromMap(new WeakHashMap<>());

  /** True for the first call that tells of a connection. */
  synchronized boolean add(Attributes connection) {
    return known.add(connection);
  }
}
