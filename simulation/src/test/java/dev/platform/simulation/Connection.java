package dev.platform.simulation;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * One TCP connection between a process and a server. In each direction messages arrive in their
 * order. What is sent while packets are lost is repeated, and arrives when they no longer are,
 * unless an end has given up; each end learns that the other has closed only if packets arrive.
 */
final class Connection {

  private static final long PING_AFTER = 10 * Loop.SECOND;
  private static final long PING_TIMEOUT = 3 * Loop.SECOND;

  private final Loop loop;
  private final Machine client;
  private final Host server;
  private final Link link;
  private final SplittableRandom random;
  private final Runnable onLost;
  private final Set<Stream> streams = new LinkedHashSet<>();
  private final Deque<Runnable> heldUp = new ArrayDeque<>();
  private final Deque<Runnable> heldDown = new ArrayDeque<>();
  private boolean clientOpen = true;
  private boolean serverOpen = true;
  private long lastUp;
  private long lastDown;
  private long heardAt;

  /** What both ends of a call see of their connection. */
  interface Stream {

    /** At the client: nothing more will be received. */
    void lost(String reason);

    /** At the server. */
    void gone();
  }

  /** A server that accepts connections. */
  interface Host {

    /** Runs at once, or when its process continues. */
    void receive(Runnable action);

    boolean isFrozen();

    void accepted(Connection connection);

    void closed(Connection connection);
  }

  /**
   * @param onLost the client's end has closed
   */
  Connection(Machine client, Host server, Link link, Runnable onLost) {
    this.loop = client.loop();
    this.client = client;
    this.server = server;
    this.link = link;
    this.random = client.random();
    this.onLost = onLost;
    this.heardAt = loop.now();
    link.add(this);
    server.accepted(this);
    if (link.isCut() || server.isFrozen()) {
      watch();
    }
  }

  Machine client() {
    return client;
  }

  boolean isOpen() {
    return clientOpen;
  }

  void open(Stream stream) {
    streams.add(stream);
  }

  void close(Stream stream) {
    streams.remove(stream);
  }

  /** From the client to the server. */
  void up(Runnable message) {
    if (!clientOpen) {
      return;
    }
    if (link.isCut()) {
      heldUp.add(message);
      return;
    }
    lastUp = Math.max(lastUp + 1, loop.now() + link.delay(random));
    loop.at(lastUp, () -> arriveUp(message));
  }

  private void arriveUp(Runnable message) {
    if (serverOpen) {
      server.receive(
          () -> {
            if (serverOpen) {
              message.run();
            }
          });
    } else if (clientOpen) {
      reset();
    }
  }

  /** From the server to the client. */
  void down(Runnable message) {
    if (!serverOpen) {
      return;
    }
    if (link.isCut()) {
      heldDown.add(message);
      return;
    }
    lastDown = Math.max(lastDown + 1, loop.now() + link.delay(random));
    loop.at(lastDown, () -> arriveDown(message));
  }

  private void arriveDown(Runnable message) {
    heardAt = loop.now();
    client.receive(
        () -> {
          if (clientOpen) {
            message.run();
          }
        });
  }

  /** The server's end knows nothing of this connection: it was restarted. */
  private void reset() {
    if (!link.isCut()) {
      loop.after(link.delay(random), () -> client.receive(() -> lost("Connection reset by peer")));
    }
  }

  /** Packets arrive again. */
  void healed() {
    List<Runnable> up = new ArrayList<>(heldUp);
    List<Runnable> down = new ArrayList<>(heldDown);
    heldUp.clear();
    heldDown.clear();
    if (!serverOpen) {
      if (clientOpen) {
        reset();
      }
      return;
    }
    if (!clientOpen) {
      // A kernel repeats what a process has written before it closed, unless the machine is gone.
      if (random.nextBoolean()) {
        up.forEach(message -> server.receive(message));
      }
      server.receive(this::closeServer);
      return;
    }
    up.forEach(this::up);
    down.forEach(this::down);
  }

  /**
   * Packets are lost, or the server is frozen: gRPC's keep-alive finds out, if it has calls, as
   * those of the platform always have.
   */
  void watch() {
    long due = Math.max(loop.now(), heardAt + PING_AFTER) + PING_TIMEOUT;
    long before = heardAt;
    client.after(
        due - loop.now(),
        () -> {
          if (clientOpen && heardAt == before && (link.isCut() || server.isFrozen())) {
            lost("Keepalive failed. The connection is likely gone");
          } else if (clientOpen && (link.isCut() || server.isFrozen())) {
            watch();
          }
        });
  }

  /** The server's process has ended. */
  void serverDied() {
    serverOpen = false;
    server.closed(this);
    if (clientOpen && !link.isCut()) {
      reset();
    }
  }

  /** The client's process has ended. */
  void clientDied(boolean machineToo) {
    clientOpen = false;
    if (machineToo) {
      heldUp.clear();
      link.remove(this);
      // Nobody tells the server, whose kernel gives up after a quarter of an hour.
      loop.after(900 * Loop.SECOND, () -> server.receive(this::closeServer));
      return;
    }
    tellServer();
  }

  /** The client closes, for example because the channel is shut down. */
  void lost(String reason) {
    if (!clientOpen) {
      return;
    }
    clientOpen = false;
    tellServer();
    List<Stream> open = List.copyOf(streams);
    open.forEach(stream -> stream.lost(reason));
    onLost.run();
  }

  private void tellServer() {
    if (!link.isCut()) {
      lastUp = Math.max(lastUp + 1, loop.now() + link.delay(random));
      loop.at(lastUp, () -> server.receive(this::closeServer));
    }
  }

  private void closeServer() {
    if (serverOpen) {
      serverOpen = false;
      List<Stream> open = List.copyOf(streams);
      streams.clear();
      open.forEach(Stream::gone);
      server.closed(this);
    }
    if (!clientOpen) {
      link.remove(this);
    }
  }
}
