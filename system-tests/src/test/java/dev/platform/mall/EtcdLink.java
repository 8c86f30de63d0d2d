package dev.platform.mall;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * An app's only link to etcd or another server. A test can cut it like a network that drops all
 * packets: no side is notified, data in flight arrives after the cut or never, and connection
 * attempts get no answer. Thread-safe.
 */
final class EtcdLink implements AutoCloseable {

  /** When the backlog is full, Linux answers no connection attempt until one is accepted. */
  private static final int BACKLOG = 1;

  private static final int FILL_MILLIS = 200;

  private final ServerSocket server;
  private final InetSocketAddress etcd;
  private final Set<Socket> open = new HashSet<>(); // guarded by this
  private final List<Socket> fillers = new ArrayList<>(); // guarded by this
  private final Set<Integer> fillerPorts = new HashSet<>(); // guarded by this
  private boolean cut; // guarded by this

  /** Whether an accepted connection is not forwarded yet. */
  private volatile boolean holding;

  private EtcdLink(ServerSocket server, InetSocketAddress etcd) {
    this.server = server;
    this.etcd = etcd;
  }

  static EtcdLink to(URI etcd) {
    try {
      ServerSocket server = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
      EtcdLink link = new EtcdLink(server, new InetSocketAddress(etcd.getHost(), etcd.getPort()));
      start("accept", link::accept);
      return link;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The setting that makes an app use the link. */
  String endpoint() {
    return "http://127.0.0.1:" + server.getLocalPort();
  }

  /** The link's port. */
  int port() {
    return server.getLocalPort();
  }

  /** The number of connections. */
  synchronized int connections() {
    return open.size() / 2;
  }

  /** From now on no data passes. */
  synchronized void cut() {
    cut = true;
    fillUp();
    // The accepting thread may accept one more, which frees a slot.
    while (!holding) {
      Thread.onSpinWait();
    }
    fillUp();
  }

  private void fillUp() {
    while (fill()) {
      // Repeat until a connection attempt gets no answer.
    }
  }

  /** All data passes again. */
  synchronized void heal() {
    fillers.forEach(EtcdLink::close);
    fillers.clear();
    cut = false;
    notifyAll();
  }

  @Override
  public void close() {
    heal();
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    synchronized (this) {
      open.forEach(EtcdLink::close);
    }
  }

  private boolean fill() {
    Socket filler = new Socket();
    fillers.add(filler);
    try {
      filler.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      fillerPorts.add(filler.getLocalPort());
      filler.connect(server.getLocalSocketAddress(), FILL_MILLIS);
      return true;
    } catch (SocketTimeoutException full) {
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket app = server.accept();
        holding = true;
        awaitHealed();
        holding = false;
        join(app);
      } catch (IOException e) {
        // Closed, or etcd is stopped: the app's connection ends.
      }
    }
  }

  private void join(Socket app) throws IOException {
    synchronized (this) {
      if (fillerPorts.remove(app.getPort())) {
        close(app);
        return;
      }
    }
    Socket server = new Socket();
    try {
      server.connect(etcd);
    } catch (IOException e) {
      close(app);
      throw e;
    }
    synchronized (this) {
      open.add(app);
      open.add(server);
    }
    start("to etcd", () -> pump(app, server));
    start("from etcd", () -> pump(server, app));
  }

  private void pump(Socket from, Socket to) {
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] buffer = new byte[8192];
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        awaitHealed();
        out.write(buffer, 0, count);
      }
    } catch (IOException e) {
      // One side is closed; the other is closed below.
    }
    awaitHealed();
    synchronized (this) {
      open.remove(from);
      open.remove(to);
    }
    close(from);
    close(to);
  }

  private synchronized void awaitHealed() {
    while (cut) {
      try {
        wait();
      } catch (InterruptedException e) {
        throw new IllegalStateException("this thread is never interrupted", e);
      }
    }
  }

  private static void start(String name, Runnable task) {
    Thread thread = new Thread(task, "etcd-link " + name);
    thread.setDaemon(true);
    thread.start();
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
