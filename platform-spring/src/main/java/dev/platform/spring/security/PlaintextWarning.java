package dev.platform.spring.security;

import dev.platform.core.transport.TransportSecurity;
import dev.platform.spring.check.SetProperties;
import dev.platform.spring.server.ServerListener;
import io.grpc.Server;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.env.Environment;

/** Says once that other machines reach the gRPC server in plaintext, unless that is a choice. */
final class PlaintextWarning implements ServerListener {

  private static final Logger log = LoggerFactory.getLogger(PlaintextWarning.class);
  private static final String MODE = TransportSecurityProperties.PREFIX + ".mode";

  private final TransportSecurity security;
  private final Environment environment;

  PlaintextWarning(TransportSecurity security, Environment environment) {
    this.security = security;
    this.environment = environment;
  }

  @Override
  public void grpcServerStarted(Server server, int port, @Nullable String address) {
    if (!security.isEncrypted()
        && server.getListenSockets().stream().anyMatch(PlaintextWarning::isReachable)
        && SetProperties.where(environment, MODE).isEmpty()) {
      log.warn(
          "The gRPC server on port {} takes plaintext calls from anybody; set {}, or set it to"
              + " plaintext if the network is trusted",
          port,
          MODE);
    }
  }

  private static boolean isReachable(SocketAddress socket) {
    if (!(socket instanceof InetSocketAddress internet)) {
      return false;
    }
    InetAddress address = internet.getAddress();
    return address != null && !address.isLoopbackAddress();
  }
}
