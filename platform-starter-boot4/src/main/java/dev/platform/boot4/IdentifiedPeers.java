package dev.platform.boot4;

import dev.platform.core.transport.TransportSecurity;
import io.grpc.ServerBuilder;
import org.springframework.grpc.server.ServerBuilderCustomizer;

/**
 * Identifies the peers of servers in plaintext: of each, nothing is proved. {@link SecuredServers}
 * does it for the others.
 */
final class IdentifiedPeers<T extends ServerBuilder<T>> implements ServerBuilderCustomizer<T> {

  private final TransportSecurity security;

  IdentifiedPeers(TransportSecurity security) {
    this.security = security;
  }

  @Override
  public void customize(T builder) {
    if (!security.isEncrypted()) {
      security.identifyPeers(builder);
    }
  }
}
