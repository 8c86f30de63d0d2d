package dev.platform.core.identity;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Counts the refused tokens of each address in the current second. An IPv6 network of 64 bits
 * counts as one address, since one host has all of it. The most recent addresses are remembered.
 * Thread-safe, never blocks.
 */
final class FailedPeers {

  private static final int MOST_PEERS = 10_000;
  private static final int COUNT_BITS = 24;
  private static final long COUNT = (1L << COUNT_BITS) - 1;
  private static final String OTHER = "other";

  private final int perSecond;
  private final LongSupplier nanoTime;
  private final long start;

  /** The second in the upper bits, the count in the lower ones. */
  private final RecentEntries<Object, AtomicLong> failures = new RecentEntries<>(MOST_PEERS);

  FailedPeers(int perSecond, LongSupplier nanoTime) {
    this.perSecond = perSecond;
    this.nanoTime = nanoTime;
    this.start = nanoTime.getAsLong();
  }

  /** Whether tokens of this address are not to be checked now. */
  boolean isLimited(@Nullable SocketAddress peer) {
    AtomicLong count = failures.get(key(peer));
    if (count == null) {
      return false;
    }
    long current = count.get();
    return current >>> COUNT_BITS == second() && (current & COUNT) >= perSecond;
  }

  void failed(@Nullable SocketAddress peer) {
    long second = second();
    failures
        .computeIfAbsent(key(peer), unused -> new AtomicLong(second << COUNT_BITS))
        .updateAndGet(
            before ->
                before >>> COUNT_BITS != second
                    ? (second << COUNT_BITS) + 1
                    : before + ((before & COUNT) == COUNT ? 0 : 1));
  }

  private long second() {
    return TimeUnit.NANOSECONDS.toSeconds(nanoTime.getAsLong() - start);
  }

  private static Object key(@Nullable SocketAddress peer) {
    InetAddress address = peer instanceof InetSocketAddress socket ? socket.getAddress() : null;
    if (address instanceof Inet6Address network) {
      return ByteBuffer.wrap(network.getAddress()).getLong();
    }
    return address == null ? OTHER : address;
  }
}
