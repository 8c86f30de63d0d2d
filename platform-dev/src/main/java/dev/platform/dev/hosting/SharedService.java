package dev.platform.dev.hosting;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A service at a fixed address that one process of a machine hosts and all others share.
 *
 * <p>The process that finds the address free hosts it. Every other process joins, whatever answers
 * there, and hosts it within about a second once the address is free again. A host stays host until
 * it is closed.
 *
 * <p>Safe for use by several threads. {@link #start()} and {@link #close()} block while the hosted
 * server starts or stops.
 */
public final class SharedService implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(SharedService.class);

  private static final int PROBE_TIMEOUT_MILLIS = 500;
  private static final int RETRY_MIN_MILLIS = 350;
  private static final int RETRY_MAX_MILLIS = 650;
  private static final long CLOSE_WAIT_MILLIS = 10_000;

  private final String name;
  private final InetSocketAddress address;
  private final Host host;
  private final CountDownLatch closing = new CountDownLatch(1);

  private volatile @Nullable AutoCloseable hosted;
  private @Nullable Thread candidate;

  /**
   * @param name what the service is called in the log
   * @param address its address, for its host and all others
   * @param host starts it there
   */
  public SharedService(String name, InetSocketAddress address, Host host) {
    this.name = name;
    this.address = address;
    this.host = host;
  }

  /** Starts the server of a shared service. */
  @FunctionalInterface
  public interface Host {

    /**
     * Returns once the server accepts connections at {@code address}.
     *
     * @throws Exception when it can't; somewhere in its causes a {@link BindException} when the
     *     address was taken in the meantime
     */
    AutoCloseable startAt(InetSocketAddress address) throws Exception;
  }

  /**
   * Hosts the service or joins it; which of them is known on return.
   *
   * @throws IllegalStateException when the server can't be started for another reason than its
   *     address being taken
   */
  public synchronized void start() {
    if (tryToHost()) {
      return;
    }
    log.info("{} at {} is hosted by another process: joined", name, endpoint());
    Thread thread = new Thread(this::waitForTakeover, "platform-dev-" + name);
    thread.setDaemon(true);
    thread.start();
    candidate = thread;
  }

  /** Whether this process hosts the service now. */
  public boolean hosting() {
    return hosted != null;
  }

  /** Host and port of the service. */
  public String endpoint() {
    return address.getHostString() + ":" + address.getPort();
  }

  /** Stops hosting, if this process hosts, and ends its thread. */
  @Override
  public synchronized void close() {
    closing.countDown();
    Thread thread = candidate;
    if (thread != null) {
      joinUninterrupted(thread);
    }
    AutoCloseable server = hosted;
    if (server == null) {
      return;
    }
    hosted = null;
    try {
      server.close();
    } catch (Exception e) {
      log.warn("{} at {} did not stop cleanly", name, endpoint(), e);
    }
  }

  private void waitForTakeover() {
    boolean warned = false;
    while (!closesWithin(ThreadLocalRandom.current().nextInt(RETRY_MIN_MILLIS, RETRY_MAX_MILLIS))) {
      try {
        if (tryToHost()) {
          return;
        }
        warned = false;
      } catch (IllegalStateException e) {
        if (!warned) {
          log.warn("{} at {} is free but can't be hosted; retrying", name, endpoint(), e);
          warned = true;
        }
      }
    }
  }

  private boolean closesWithin(int millis) {
    try {
      return closing.await(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  private boolean tryToHost() {
    if (!isFree()) {
      return false;
    }
    try {
      hosted = host.startAt(address);
    } catch (Exception e) {
      if (isTaken(e)) {
        return false;
      }
      throw new IllegalStateException(name + " can't be hosted at " + endpoint(), e);
    }
    log.info("hosting {} at {}", name, endpoint());
    return true;
  }

  /**
   * Binding a bare socket every half second is much cheaper than starting a server. The connect is
   * for systems that allow binding a loopback address while another process listens on all
   * addresses.
   */
  private boolean isFree() {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(address);
    } catch (BindException e) {
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    try (Socket socket = new Socket()) {
      socket.connect(address, PROBE_TIMEOUT_MILLIS);
      return false;
    } catch (IOException noAnswer) {
      return true;
    }
  }

  private static boolean isTaken(Throwable error) {
    for (Throwable e = error; e != null; e = e.getCause()) {
      if (e instanceof BindException) {
        return true;
      }
    }
    return false;
  }

  private static void joinUninterrupted(Thread thread) {
    try {
      thread.join(CLOSE_WAIT_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
