package dev.platform.core.transport;

import dev.platform.core.identity.PeerIdentity;
import dev.platform.core.identity.WorkloadIdentities;
import java.net.Socket;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Checks the other end's certificate: of both, that a trusted authority issued it and that it is
 * valid now; of a server, that it may serve the service that the channel asks for. Host names are
 * no criterion: whoever can write to the registry chooses them.
 *
 * <p>It is an extended one on purpose. Around others the JDK and Netty put checks of their own,
 * which differ by version.
 */
final class PeerTrust extends X509ExtendedTrustManager {

  /** The JDK's word for a key exchange that is not known. */
  private static final String UNKNOWN = "UNKNOWN";

  private final X509TrustManager authorities;
  private final WorkloadIdentities identities;

  PeerTrust(X509TrustManager authorities, WorkloadIdentities identities) {
    this.authorities = authorities;
    this.identities = identities;
  }

  /**
   * Checks a connection once its handshake has ended. For most it is the second time; but a resumed
   * session, which BoringSSL's tickets allow and Netty can't switch off, may have begun with a
   * certificate that has expired since then.
   *
   * @throws CertificateException also if a server has not shown any certificate
   */
  void checkConnected(SSLEngine engine) throws CertificateException {
    X509Certificate[] chain;
    try {
      chain = x509(engine.getSession().getPeerCertificates());
    } catch (SSLPeerUnverifiedException e) {
      if (engine.getUseClientMode() || engine.getNeedClientAuth()) {
        throw new CertificateException("there is no certificate", e);
      }
      return;
    }
    if (engine.getUseClientMode()) {
      checkServerTrusted(chain, UNKNOWN, engine);
    } else {
      checkClientTrusted(chain, UNKNOWN, engine);
    }
  }

  private static X509Certificate[] x509(Certificate[] chain) throws CertificateException {
    X509Certificate[] certificates = new X509Certificate[chain.length];
    for (int i = 0; i < chain.length; i++) {
      if (!(chain[i] instanceof X509Certificate certificate)) {
        throw new CertificateException("the certificate is not an X.509 one");
      }
      certificates[i] = certificate;
    }
    return certificates;
  }

  @Override
  public void checkClientTrusted(
      X509Certificate[] chain, String authType, @Nullable SSLEngine engine)
      throws CertificateException {
    authorities.checkClientTrusted(chain, authType);
    allowNoResumption(engine);
  }

  @Override
  public void checkServerTrusted(
      X509Certificate[] chain, String authType, @Nullable SSLEngine engine)
      throws CertificateException {
    authorities.checkServerTrusted(chain, authType);
    String service = engine == null ? null : engine.getPeerHost();
    if (service == null) {
      throw new CertificateException("the service that the server is to be is unknown");
    }
    if (!identities.serves(chain[0], service)) {
      throw new ForeignCertificateException(service, identities.workload(chain[0]));
    }
    allowNoResumption(engine);
  }

  /** A resumed session shows no certificates again. */
  private static void allowNoResumption(@Nullable SSLEngine engine) {
    SSLSession session = engine == null ? null : engine.getHandshakeSession();
    if (session != null) {
      session.invalidate();
    }
  }

  @Override
  public void checkClientTrusted(
      X509Certificate[] chain, String authType, @Nullable Socket connection)
      throws CertificateException {
    authorities.checkClientTrusted(chain, authType);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    authorities.checkClientTrusted(chain, authType);
  }

  /** gRPC's Netty has engines; a socket does not say which service it is for. */
  @Override
  public void checkServerTrusted(
      X509Certificate[] chain, String authType, @Nullable Socket connection)
      throws CertificateException {
    throw new CertificateException("the service that the server is to be is unknown");
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw new CertificateException("the service that the server is to be is unknown");
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return authorities.getAcceptedIssuers();
  }

  /** A trusted certificate, of another service. */
  static final class ForeignCertificateException extends CertificateException {

    private static final long serialVersionUID = 1L;

    ForeignCertificateException(String service, PeerIdentity proved) {
      super(
          "the server's certificate is not one of %s: %s"
              .formatted(
                  service,
                  proved.workload() == null ? proved.reason() : "it proves " + proved.workload()));
    }
  }
}
