package dev.platform.core.transport;

import dev.platform.core.transport.PeerTrust.ForeignCertificateException;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Locale;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Why a TLS handshake failed, in few words. */
enum HandshakeFailure {

  /** The client showed no certificate. */
  NO_CERTIFICATE,

  /** The certificate has expired. */
  EXPIRED,

  /** The certificate is not valid yet. */
  NOT_YET_VALID,

  /** No trusted authority issued the certificate. */
  UNKNOWN_AUTHORITY,

  /** The server's certificate belongs to another service. */
  FOREIGN_SERVICE,

  /** Another defect of the certificate. */
  BAD_CERTIFICATE,

  /** The other end refused, for a reason of its own. */
  REFUSED_BY_PEER,

  /** What came was no TLS. */
  NOT_TLS,

  /** The other end did not finish, or not in time. */
  ABANDONED,

  /** Anything else, such as no common TLS version. */
  OTHER;

  /** More causes than any exception has, unless they form a circle. */
  private static final int MAX_CAUSES = 20;

  /** As the value of a tag. */
  String tag() {
    return name().toLowerCase(Locale.ROOT);
  }

  static HandshakeFailure of(Throwable failure) {
    HandshakeFailure found = OTHER;
    Throwable each = failure;
    for (int i = 0; each != null && i < MAX_CAUSES; i++) {
      HandshakeFailure known = ofOne(each);
      if (known != null && known != BAD_CERTIFICATE) {
        return known;
      }
      found = known == null ? found : known;
      each = each.getCause();
    }
    return found;
  }

  private static @Nullable HandshakeFailure ofOne(Throwable failure) {
    if (failure instanceof ForeignCertificateException) {
      return FOREIGN_SERVICE;
    }
    if (failure instanceof CertificateExpiredException) {
      return EXPIRED;
    }
    if (failure instanceof CertificateNotYetValidException) {
      return NOT_YET_VALID;
    }
    if (failure instanceof CertPathBuilderException) {
      return UNKNOWN_AUTHORITY;
    }
    if (failure instanceof ClosedChannelException || isNamed(failure, "SslHandshakeTimeout")) {
      return ABANDONED;
    }
    if (isNamed(failure, "NotSslRecord")) {
      return NOT_TLS;
    }
    if (failure instanceof CertificateException || failure instanceof CertPathValidatorException) {
      return BAD_CERTIFICATE;
    }
    return failure instanceof SSLException ? ofText(String.valueOf(failure.getMessage())) : null;
  }

  /** Netty's own types exist twice. */
  private static boolean isNamed(Throwable failure, String name) {
    return failure.getClass().getSimpleName().startsWith(name);
  }

  /** The JDK's texts and BoringSSL's: neither has types for them. */
  private static @Nullable HandshakeFailure ofText(String text) {
    if (text.contains("Empty client certificate chain")
        || text.contains("PEER_DID_NOT_RETURN_A_CERTIFICATE")) {
      return NO_CERTIFICATE;
    }
    return text.contains("Received fatal alert") || text.contains("_ALERT_")
        ? REFUSED_BY_PEER
        : null;
  }

  /** The reason in the words of whoever found it: the last cause with a message. */
  static String reason(Throwable failure) {
    String reason = failure.getClass().getSimpleName();
    Throwable each = failure;
    for (int i = 0; each != null && i < MAX_CAUSES; i++) {
      if (each.getMessage() != null) {
        reason = each.getMessage();
      }
      each = each.getCause();
    }
    return reason;
  }
}
