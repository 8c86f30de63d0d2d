package dev.platform.starter.test.net;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports that nothing listens on at this moment, for servers that can't choose one when they start.
 * They are below those from which operating systems take the ports of connections and of servers
 * that ask for any port: such a one could be taken before its server has started.
 */
public final class FreePorts {

  private static final int FIRST = 12_000;
  private static final int END = 32_000;
  private static final int ATTEMPTS = 100;

  private FreePorts() {}

  /**
   * A free port of this address.
   *
   * @throws UncheckedIOException if there is none, or the address is not this machine's
   */
  public static int on(String host) {
    return on(host, 1).get(0);
  }

  /**
   * As many different ones.
   *
   * @throws UncheckedIOException if there are not so many, or the address is not this machine's
   */
  public static List<Integer> on(String host, int count) {
    List<ServerSocket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        sockets.add(listenAnywhere(host));
      }
      return sockets.stream().map(ServerSocket::getLocalPort).toList();
    } catch (IOException e) {
      throw new UncheckedIOException("no free port on " + host, e);
    } finally {
      sockets.forEach(FreePorts::close);
    }
  }

  /**
   * Does nothing if the port is free.
   *
   * @throws BindException if it is in use
   */
  public static void require(String host, int port) throws IOException {
    listen(host, port).close();
  }

  private static ServerSocket listenAnywhere(String host) throws IOException {
    for (int i = 0; i < ATTEMPTS; i++) {
      try {
        return listen(host, ThreadLocalRandom.current().nextInt(FIRST, END));
      } catch (BindException e) {
        // In use: the next one.
      }
    }
    return listen(host, 0);
  }

  private static ServerSocket listen(String host, int port) throws IOException {
    return new ServerSocket(port, 1, InetAddress.getByName(host));
  }

  private static void close(ServerSocket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException("can't release a port", e);
    }
  }
}
