package dev.platform.starter.server;

import io.grpc.Server;
import java.util.List;
import net.devh.boot.grpc.server.config.GrpcServerProperties;
import net.devh.boot.grpc.server.serverfactory.GrpcServerConfigurer;
import net.devh.boot.grpc.server.serverfactory.ShadedNettyGrpcServerFactory;
import org.jspecify.annotations.Nullable;

/**
 * Lets the operating system choose the port as it binds it. net.devh's factory looks for one that
 * is free while the application is made, and binds it when that is done: a second later, somebody
 * else may have it.
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

  /** The one that was chosen, which stays; 0 before the server has started. */
  @Override
  public int getPort() {
    Server created = server;
    if (port == 0 && created != null && created.getPort() > 0) {
      port = created.getPort();
      // Whoever asks there would be told of one that nobody listens on.
      properties.setPort(port);
    }
    return port;
  }
}
