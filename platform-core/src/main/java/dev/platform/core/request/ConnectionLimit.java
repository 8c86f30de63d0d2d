package dev.platform.core.request;

import io.grpc.Attributes;
import io.grpc.ServerTransportFilter;
import io.grpc.Status;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes connections to a server over a maximum, as soon as they have been set up. The client's
 * calls fail with UNAVAILABLE, so it tries other instances, and later this one. Connections that
 * are open stay. Thread-safe, never blocks.
 */
public final class ConnectionLimit extends ServerTransportFilter {

  private static final Logger log = LoggerFactory.getLogger(ConnectionLimit.class);

  /** Marks connections that are counted. */
  private static final Attributes.Key<Boolean> COUNTED =
      Attributes.Key.create("platform-connection-limit");

  private final int maximum;
  private final Supplier<? extends Exception> refusal;
  private final AtomicInteger open = new AtomicInteger();
  private volatile boolean full;

  /**
   * @param maximum how many connections may be open, at least 1
   * @param refusal the transport's own exception, by which it closes a connection without an error;
   *     any other exception closes it, too, and its calls may fail with INTERNAL
   */
  public ConnectionLimit(int maximum, Supplier<? extends Exception> refusal) {
    if (maximum < 1) {
      throw new IllegalArgumentException("maximum: " + maximum + " (expected: >= 1)");
    }
    this.maximum = maximum;
    this.refusal = refusal;
  }

  /** The number of open connections. */
  public int open() {
    return open.get();
  }

  /**
   * Counts a connection.
   *
   * @throws io.grpc.StatusRuntimeException if there are too many; gRPC then closes it
   */
  @Override
  public Attributes transportReady(Attributes transport) {
    if (open.incrementAndGet() > maximum) {
      open.decrementAndGet();
      if (!full) {
        full = true;
        log.warn(
            "The gRPC server has {} connections, its maximum; further ones are closed", maximum);
      }
      throw Status.RESOURCE_EXHAUSTED
          .withDescription("the server has its maximum of connections: " + maximum)
          .withCause(refusal.get())
          .asRuntimeException();
    }
    return transport.toBuilder().set(COUNTED, true).build();
  }

  /** Counts a connection no longer; null for one that was refused. */
  @Override
  public void transportTerminated(@Nullable Attributes transport) {
    if (transport != null && transport.get(COUNTED) != null) {
      open.decrementAndGet();
      full = false;
    }
  }
}
