package dev.platform.core.identity;

import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.ServerTransportFilter;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * Identifies the other end of each connection of a server, once, under {@link PeerIdentity#KEY}.
 * Never fails. Thread-safe.
 */
public final class PeerIdentityFilter extends ServerTransportFilter {

  private final WorkloadIdentities identities;

  /**
   * @param identities which workload a certificate proves
   */
  public PeerIdentityFilter(WorkloadIdentities identities) {
    this.identities = identities;
  }

  @Override
  public Attributes transportReady(Attributes connection) {
    return connection.toBuilder()
        .set(PeerIdentity.KEY, identity(connection.get(Grpc.TRANSPORT_ATTR_SSL_SESSION)))
        .build();
  }

  private PeerIdentity identity(@Nullable SSLSession session) {
    if (session == null) {
      return PeerIdentity.none("the connection is not encrypted");
    }
    try {
      Certificate[] chain = session.getPeerCertificates();
      return chain.length > 0 && chain[0] instanceof X509Certificate certificate
          ? identities.workload(certificate)
          : PeerIdentity.none("the client showed no X.509 certificate");
    } catch (SSLPeerUnverifiedException e) {
      return PeerIdentity.none("the client showed no certificate");
    }
  }
}
