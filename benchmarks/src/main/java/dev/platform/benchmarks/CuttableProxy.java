package dev.platform.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A TCP proxy before etcd whose connections can be cut. */
final class CuttableProxy implements AutoCloseable {

  private final ServerSocket listener;
  private final URI etcd;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

  CuttableProxy(URI etcd) throws IOException {
    this.etcd = etcd;
    this.listener = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
    start(this::accept);
  }

  URI endpoint() {
    return URI.create("http://127.0.0.1:" + listener.getLocalPort());
  }

  /** Cuts the current connections; new ones are accepted immediately. */
  void cut() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
      sockets.remove(socket);
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    cut();
  }

  private void accept() throws IOException {
    while (true) {
      Socket client = track(listener.accept());
      Socket server = track(new Socket(etcd.getHost(), etcd.getPort()));
      start(() -> copy(client, server));
      start(() -> copy(server, client));
    }
  }

  private Socket track(Socket socket) throws IOException {
    socket.setTcpNoDelay(true);
    sockets.add(socket);
    return socket;
  }

  private static void copy(Socket from, Socket to) throws IOException {
    try (from;
        to;
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream()) {
      in.transferTo(out);
    }
  }

  private static void start(Task task) {
    Thread thread =
        new Thread(
            () -> {
              try {
                task.run();
              } catch (IOException cut) {
                // The normal end of a proxied connection.
              }
            },
            "proxy");
    thread.setDaemon(true);
    thread.start();
  }

  @FunctionalInterface
  private interface Task {
    void run() throws IOException;
  }
}
