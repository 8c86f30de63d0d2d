package dev.platform.spring.server;

import io.grpc.Server;
import org.jspecify.annotations.Nullable;

/**
 * Notified of what this application's servers do, whatever framework runs them. Called on the
 * thread that starts or stops the server.
 */
public interface ServerListener {

  /**
   * The gRPC server listens.
   *
   * @param port 0 for a server inside the process
   * @param address that it is bound to; null where that is not known
   */
  default void grpcServerStarted(Server server, int port, @Nullable String address) {}

  /** The gRPC server stops accepting calls now. */
  default void grpcServerStopping(Server server) {}

  /** The gRPC server has terminated. */
  default void grpcServerStopped() {}

  /** The web server for the application's own requests, not the management server, listens. */
  default void webServerStarted(int port) {}
}
