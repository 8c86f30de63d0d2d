package dev.platform.starter;

import io.grpc.Server;
import java.util.List;
import net.devh.boot.grpc.server.config.GrpcServerProperties;
import net.devh.boot.grpc.server.serverfactory.GrpcServerConfigurer;
import net.devh.boot.grpc.server.serverfactory.ShadedNettyGrpcServerFactory;
import org.jspecify.annotations.Nullable;

/**
 * Lets the operating system choose the port when it is bound. net.devh's factory chooses a free
 * port while the application context is created, and binds it a second later: then another process
 * may have it.
 */
final class FreePortServerFactory extends ShadedNettyGrpcServerFactory {

  private volatile @Nullable Server server;
  private volatile int port;

  FreePortServerFactory(GrpcServerProperties properties, List<GrpcServerConfigurer> configurers) {
    super(properties, configurers);
  }

  @Override
  public Server createServer() {
    Server created = super.createServer();
    server = created;
    return created;
  }

  /** The chosen port, also after the server has stopped; 0 before it has started. */
  @Override
  public int getPort() {
    Server created = server;
    if (port == 0 && created != null && created.getPort() > 0) {
      port = created.getPort();
      // Otherwise callers would see a port that nothing listens on.
      properties.setPort(port);
    }
    return port;
  }
}
