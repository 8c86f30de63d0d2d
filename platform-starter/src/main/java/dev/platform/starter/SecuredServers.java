package dev.platform.starter;

import dev.platform.core.InvalidPropertyException;
import dev.platform.core.transport.TransportSecurity;
import io.grpc.ServerBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import net.devh.boot.grpc.server.config.GrpcServerProperties;
import net.devh.boot.grpc.server.serverfactory.GrpcServerConfigurer;

/** Mutual TLS for net.devh's server. Servers within the process have no connections. */
final class SecuredServers implements GrpcServerConfigurer {

  private final TransportSecurity security;
  private final GrpcServerProperties properties;

  SecuredServers(TransportSecurity security, GrpcServerProperties properties) {
    this.security = security;
    this.properties = properties;
    InvalidPropertyException.check(
        !security.isEncrypted() || !properties.getSecurity().isEnabled(),
        "grpc.server.security.enabled",
        true,
        "false, or platform.security.transport.mode: plaintext");
  }

  @Override
  public void accept(ServerBuilder<?> server) {
    if (server instanceof InProcessServerBuilder) {
      return;
    }
    security.secure(server);
    // net.devh has set these before; the application's own win.
    Duration age = properties.getMaxConnectionAge();
    if (age != null) {
      server.maxConnectionAge(age.toNanos(), TimeUnit.NANOSECONDS);
    }
    Duration grace = properties.getMaxConnectionAgeGrace();
    if (grace != null) {
      server.maxConnectionAgeGrace(grace.toNanos(), TimeUnit.NANOSECONDS);
    }
  }
}
