package dev.platform.benchmarks.peers;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A framework that serves and calls {@code recommendation.v1.RecommendationService}. */
public interface Peer {

  /** The name under which instances are registered. */
  String SERVICE = "recommendation-service";

  /** How long a call may take, in milliseconds. */
  int TIMEOUT_MILLIS = 1000;

  /**
   * Starts a server on any free port of the loopback address.
   *
   * @param registry where it is registered, {@code host:port}; null for a server that is not
   * @return its port
   */
  int serve(@Nullable String registry) throws Exception;

  /**
   * Starts a client that finds the servers by itself.
   *
   * @param registry where they are registered, {@code host:port}; without a registry the addresses
   *     of all servers, separated by commas
   */
  UnaryCall connect(String registry) throws Exception;

  /** A call that does not block; its end is reported on any thread, null if it succeeded. */
  @FunctionalInterface
  interface UnaryCall {

    void start(Consumer<@Nullable Throwable> ended);
  }
}
