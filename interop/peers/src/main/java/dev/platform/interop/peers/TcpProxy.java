package dev.platform.interop.peers;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A TCP proxy before etcd that can fall silent, refuse and reset. Thread-safe. */
final class TcpProxy implements AutoCloseable {

  private static final int BUFFER = 16 * 1024;

  /** What it does with connections and with their bytes. */
  private enum State {
    OPEN,
    SILENT,
    REFUSING
  }

  private final ServerSocket listener;
  private final URI etcd;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private State state = State.OPEN; // guarded by this

  TcpProxy(URI etcd) throws IOException {
    this.etcd = etcd;
    this.listener = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
    start(this::accept);
  }

  URI endpoint() {
    return URI.create("http://127.0.0.1:" + listener.getLocalPort());
  }

  /** Connections stay and are accepted, and nothing passes until {@link #open}. */
  synchronized void fallSilent() {
    state = State.SILENT;
  }

  /** Resets all connections, and each new one, until {@link #open}. */
  void refuse() {
    become(State.REFUSING);
    reset();
  }

  /** What has waited passes now. */
  void open() {
    become(State.OPEN);
  }

  /** Resets all connections; new ones are accepted at once. */
  void reset() {
    sockets.forEach(this::reset);
  }

  @Override
  public void close() throws IOException {
    listener.close();
    become(State.OPEN);
    reset();
  }

  private synchronized void become(State next) {
    state = next;
    notifyAll();
  }

  private void accept() throws IOException {
    while (true) {
      Socket client = track(listener.accept());
      if (isRefusing()) {
        reset(client);
        continue;
      }
      Socket server = track(new Socket(etcd.getHost(), etcd.getPort()));
      start(() -> copy(client, server));
      start(() -> copy(server, client));
    }
  }

  private void reset(Socket socket) {
    sockets.remove(socket);
    try {
      socket.setSoLinger(true, 0);
      socket.close();
    } catch (IOException closed) {
      // By its other end, a moment ago.
    }
  }

  private synchronized boolean isRefusing() {
    return state == State.REFUSING;
  }

  private Socket track(Socket socket) throws IOException {
    socket.setTcpNoDelay(true);
    sockets.add(socket);
    return socket;
  }

  private void copy(Socket from, Socket to) throws IOException {
    byte[] buffer = new byte[BUFFER];
    try (from;
        to) {
      int read = from.getInputStream().read(buffer);
      while (read >= 0) {
        awaitNoSilence();
        to.getOutputStream().write(buffer, 0, read);
        read = from.getInputStream().read(buffer);
      }
    }
  }

  private synchronized void awaitNoSilence() throws IOException {
    try {
      while (state == State.SILENT) {
        wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
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
