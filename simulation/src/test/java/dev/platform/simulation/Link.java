package dev.platform.simulation;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * The network between a process and a server: the delay of messages, and whether packets are lost.
 */
final class Link {

  private final Set<Connection> connections = new LinkedHashSet<>();
  private int cuts;

  void add(Connection connection) {
    connections.add(connection);
  }

  void remove(Connection connection) {
    connections.remove(connection);
  }

  boolean isCut() {
    return cuts > 0;
  }

  /** Of one message: mostly less than a millisecond, seldom many. */
  long delay(SplittableRandom random) {
    long delay = 50_000 + random.nextLong(500_000);
    if (random.nextInt(100) == 0) {
      delay += random.nextLong(30 * Loop.MILLI);
    }
    return delay;
  }

  /** All packets are lost, until each cut has healed. */
  void cut() {
    if (cuts++ == 0) {
      List.copyOf(connections).forEach(Connection::watch);
    }
  }

  void heal() {
    if (--cuts == 0) {
      List.copyOf(connections).forEach(Connection::healed);
    }
  }

  /** All connections are reset, as by a firewall that forgets them. */
  void reset() {
    List.copyOf(connections).forEach(each -> each.client().receive(() -> each.lost("reset")));
  }
}
