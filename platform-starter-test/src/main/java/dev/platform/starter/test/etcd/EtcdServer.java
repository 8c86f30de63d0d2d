package dev.platform.starter.test.etcd;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * An etcd for a test: its address, access to its data, and the faults that both an embedded and a
 * real one support.
 *
 * <p>Thread-safe. Every method blocks until its effect is there; none waits longer than a few
 * seconds. Data methods need a running server; an {@link EmbeddedEtcd} also answers them while it
 * is frozen or stopped. A request that etcd refuses ends in an {@link IllegalStateException}.
 */
public interface EtcdServer extends AutoCloseable {

  /** Where clients connect to, as {@code http(s)://host:port}. Stays the same until closed. */
  URI endpoint();

  /** The client port; known once the server was started for the first time. */
  int port();

  /**
   * Starts the server, or does nothing if it runs. Data of an earlier run is still there, and all
   * leases have their full time again, as with every restarted etcd.
   *
   * @throws java.io.UncheckedIOException if the port can't be bound; the cause chain then holds a
   *     {@link java.net.BindException}
   */
  void start();

  /** Ends the server and its connections. Data and port are kept. */
  void stop();

  /** Stops and starts: connections are lost, data and port stay. */
  default void restart() {
    stop();
    start();
  }

  /** True between start and stop; a frozen server still runs. */
  boolean isRunning();

  /** Throws all data away; the server comes back empty on its port with revision 1. */
  void wipe();

  /** From here on connections stay but nothing is answered, nor on new connections. */
  void freeze();

  /** Ends {@link #freeze()}; requests from meanwhile are answered now. */
  void thaw();

  /**
   * While true, puts and lease grants are refused with {@code mvcc: database space exceeded}, and
   * the NOSPACE alarm is up; renewals, reads and deletes go on.
   */
  void outOfSpace(boolean full);

  /**
   * Makes a server ready for the next test: runs, no faults, no keys, no leases. Connections stay
   * and the revision goes on.
   */
  void reset();

  /** Writes a key under no lease and returns the new revision. */
  long put(String key, String value);

  Optional<String> get(String key);

  /** Deletes a key and says whether it was there. */
  boolean delete(String key);

  /** The keys that start with a prefix, in order. */
  List<String> keys(String prefix);

  /** Grants a lease and returns its id. etcd counts in seconds, and in no fewer than 2. */
  long grantLease(Duration ttl);

  /** Ends a lease early; to clients it looks expired. */
  void expireLease(long id);

  /** The ids of all leases, in order. */
  List<Long> leases();

  /** The present revision of the store. */
  long revision();

  /** Forgets the history before the present revision, and returns that. */
  long compact();

  /** Stops the server for good and deletes its data. Closing twice is no error. */
  @Override
  void close();
}
