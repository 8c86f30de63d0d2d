package dev.platform.starter.test.etcd;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/** Ports that nothing listens on at this moment. */
final class FreePorts {

  private FreePorts() {}

  static int on(String host) {
    return on(host, 1).get(0);
  }

  /** As many different ones. */
  static List<Integer> on(String host, int count) {
    List<ServerSocket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        sockets.add(listen(host, 0));
      }
      return sockets.stream().map(ServerSocket::getLocalPort).toList();
    } catch (IOException e) {
      throw new UncheckedIOException("no free port on " + host, e);
    } finally {
      sockets.forEach(FreePorts::close);
    }
  }

  /** Throws, with a {@link java.net.BindException}, if the port is in use. */
  static void require(String host, int port) throws IOException {
    listen(host, port).close();
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
