package dev.platform.starter.test.net;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A TCP proxy on a loopback port before a server, such as etcd, that can fall silent, refuse
 * connections and reset them: network faults that need no rights. It works below TLS, and ends both
 * directions of a connection when one has ended. Thread-safe; no method waits for a connection. Its
 * threads are daemons.
 */
public final class TcpProxy implements AutoCloseable {

  private static final int BUFFER = 16 * 1024;
  private static final int BACKLOG = 50;

  /** What it does with connections and with their bytes. */
  private enum State {
    OPEN,
    SILENT,
    REFUSING
  }

  private final ServerSocket listener;
  private final InetSocketAddress server;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private State state = State.OPEN; // guarded by this

  /**
   * Accepts connections from now on.
   *
   * @param server connected anew for each connection of a client; it need not be up
   * @throws IOException if there is no free port
   */
  public TcpProxy(InetSocketAddress server) throws IOException {
    this.server = server;
    this.listener = new ServerSocket(0, BACKLOG, InetAddress.getByName("127.0.0.1"));
    start(this::accept);
  }

  /**
   * Before the server of a URL.
   *
   * @param server with host and port
   * @throws IOException if there is no free port
   */
  public TcpProxy(URI server) throws IOException {
    this(new InetSocketAddress(server.getHost(), server.getPort()));
  }

  /** Where clients connect. */
  public int port() {
    return listener.getLocalPort();
  }

  /** The same, for clients of HTTP and for etcd's without TLS. */
  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + port());
  }

  /** Connections stay and are accepted, and nothing passes until {@link #open}. */
  public void fallSilent() {
    become(State.SILENT);
  }

  /** Resets all connections, and each new one, until {@link #open}. */
  public void refuse() {
    become(State.REFUSING);
    reset();
  }

  /** What has waited passes now. */
  public void open() {
    become(State.OPEN);
  }

  /** Resets all connections; new ones are accepted at once. */
  public void reset() {
    sockets.forEach(this::reset);
  }

  /** Resets all connections and accepts no more. */
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

  private synchronized boolean isRefusing() {
    return state == State.REFUSING;
  }

  private void accept() throws IOException {
    while (true) {
      Socket client = listener.accept();
      start(() -> serve(client));
    }
  }

  private void serve(Socket client) throws IOException {
    track(client);
    Socket there = track(new Socket());
    // Asked after they are known: refuse() resets what is known before.
    if (isRefusing()) {
      reset(client);
      reset(there);
      return;
    }
    try {
      there.connect(server);
    } catch (IOException e) {
      reset(client);
      reset(there);
      return;
    }
    start(() -> copy(there, client));
    copy(client, there);
  }

  private Socket track(Socket socket) throws IOException {
    socket.setTcpNoDelay(true);
    sockets.add(socket);
    return socket;
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
    } finally {
      sockets.remove(from);
      sockets.remove(to);
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
              } catch (IOException ended) {
                // The normal end of a connection, or of the proxy.
              }
            },
            "tcp-proxy");
    thread.setDaemon(true);
    thread.start();
  }

  @FunctionalInterface
  private interface Task {
    void run() throws IOException;
  }
}
