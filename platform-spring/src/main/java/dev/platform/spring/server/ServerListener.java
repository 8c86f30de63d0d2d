package dev.platform.spring.server;

import io.grpc.Server;
import org.jspecify.annotations.Nullable;

/**
 * Notified when this application's servers start and stop, whatever framework runs them. Called on
 * the thread that starts or stops the server.
 */
public interface ServerListener {

  /**
   * The gRPC server listens.
   *
   * @param port 0 for an in-process server
   * @param address the address that it is bound to; null if unknown
   */
  default void grpcServerStarted(Server server, int port, @Nullable String address) {}

  /** The gRPC server stops accepting calls now. */
  default void grpcServerStopping(Server server) {}

  /** The gRPC server has terminated. */
  default void grpcServerStopped() {}

  /** The web server for the application's own requests, not the management server, listens. */
  default void webServerStarted(int port) {}
}
