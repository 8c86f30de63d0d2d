package dev.platform.core.etcd;

import io.grpc.Status;
import io.grpc.Status.Code;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Why a request to etcd failed.
 *
 * @param kind what the log distinguishes
 * @param text names the cause, and the setting to check
 */
record EtcdFailure(Kind kind, String text) {

  /** Each begins and ends independently of the others. */
  enum Kind {
    UNREACHABLE,
    TLS,
    OTHER,
    CREDENTIALS,
    PERMISSION,
    FULL;

    /** Whether etcd does answer, so that other requests may well succeed. */
    boolean isRefusal() {
      return compareTo(OTHER) > 0;
    }
  }

  static final String TOKEN_OUTDATED = "revision of auth store is old";

  private static final String USER_MISSING = "user name is empty";
  private static final String BY_ETCD = "etcdserver: ";
  private static final String CLOSED = "Network closed for unknown reason";
  private static final String BUNDLE = "platform.etcd.ssl.bundle";

  static EtcdFailure of(Status status) {
    EtcdFailure refusal = refusal(status.getDescription());
    if (refusal != null) {
      return refusal;
    }
    String insecure = insecure(status);
    if (insecure != null) {
      return new EtcdFailure(Kind.TLS, insecure);
    }
    return switch (status.getCode()) {
      case UNAVAILABLE -> new EtcdFailure(Kind.UNREACHABLE, "unreachable: " + describe(status));
      case DEADLINE_EXCEEDED -> new EtcdFailure(Kind.UNREACHABLE, "no answer in time");
      default -> new EtcdFailure(Kind.OTHER, describe(status));
    };
  }

  /** Whether gRPC refused an answer for its size. */
  static boolean isTooLarge(Status status) {
    return String.valueOf(status.getDescription()).contains("exceeds maximum size");
  }

  /** etcd's proxy passes on etcd's messages, but with the code UNKNOWN. */
  static Status withCode(Status status) {
    String text = status.getDescription();
    if (status.getCode() != Code.UNKNOWN || text == null || !text.contains(BY_ETCD)) {
      return status;
    }
    Code code =
        text.contains("requested lease not found")
            ? Code.NOT_FOUND
            : text.contains("required revision") ? Code.OUT_OF_RANGE : Code.UNKNOWN;
    return code.toStatus().withDescription(text).withCause(status.getCause());
  }

  static String explain(Status status) {
    return of(status).text;
  }

  /** Recognised by etcd's message, in a status or in a watch's cancel reason. */
  static @Nullable EtcdFailure refusal(@Nullable String message) {
    if (message == null) {
      return null;
    }
    String text = message.substring(Math.max(0, message.indexOf(BY_ETCD)));
    // Not by the code: for a failed sign-in gRPC reports another one than etcd.
    if (text.contains("authentication failed") || isTokenRefused(text)) {
      return new EtcdFailure(
          Kind.CREDENTIALS,
          "etcd refused the credentials (platform.etcd.username, .password): " + text);
    }
    if (isUserMissing(text)) {
      return new EtcdFailure(
          Kind.CREDENTIALS, "etcd requires a user (platform.etcd.username, .password): " + text);
    }
    if (text.contains("permission denied")) {
      return new EtcdFailure(
          Kind.PERMISSION,
          "the etcd user lacks a role for these keys (platform.etcd.username,"
              + " platform.etcd.namespace): "
              + text);
    }
    if (text.contains("database space exceeded")) {
      return new EtcdFailure(
          Kind.FULL, "etcd is full (NOSPACE): compact, defragment and disarm the alarm");
    }
    return null;
  }

  /** Whether the token has expired, is unknown, or {@linkplain #isTokenOutdated outdated}. */
  static boolean isTokenRefused(@Nullable String text) {
    return text != null && (text.contains("invalid auth token") || isTokenOutdated(text));
  }

  /** Whether users or roles have changed since the token was issued. */
  static boolean isTokenOutdated(@Nullable String text) {
    return text != null && text.contains(TOKEN_OUTDATED);
  }

  /** Whether etcd requires a user, and the request named none. */
  static boolean isUserMissing(@Nullable String text) {
    return text != null && text.contains(USER_MISSING);
  }

  /** Whether nobody can sign in, since etcd lets everybody in. */
  static boolean isAuthenticationOff(Status status) {
    return String.valueOf(status.getDescription()).contains("authentication is not enabled");
  }

  /** Whether etcd itself answered, and not the network. */
  boolean isAnswer() {
    return kind.isRefusal() || text.contains(BY_ETCD);
  }

  /** The same, with a hint while etcd has never answered. */
  EtcdFailure beforeAnyAnswer() {
    return text.endsWith(CLOSED)
        ? new EtcdFailure(kind, text + "; if etcd speaks TLS, platform.etcd.endpoints needs https")
        : this;
  }

  private static @Nullable String insecure(Status status) {
    if (status.getCode() != Code.UNAVAILABLE) {
      return null;
    }
    for (Throwable cause : (Iterable<Throwable>) causes(status)::iterator) {
      String message = String.valueOf(cause.getMessage());
      if (cause instanceof CertificateExpiredException
          || cause instanceof CertificateNotYetValidException) {
        return "etcd's certificate is not valid at this time, renew it: " + message;
      }
      if (cause instanceof CertPathBuilderException) {
        return "etcd's certificate is by an authority that is not trusted ("
            + BUNDLE
            + "): "
            + message;
      }
      if (cause instanceof CertificateException && cause.getCause() == null) {
        return "etcd's certificate is not accepted ("
            + BUNDLE
            + ", platform.etcd.endpoints): "
            + message;
      }
      if (message.contains("_ALERT_")) {
        return "etcd refused the client's certificate, or asks for one ("
            + BUNDLE
            + "): "
            + message.substring(message.lastIndexOf(':') + 1);
      }
      if (cause.getClass().getSimpleName().equals("NotSslRecordException")) {
        return "the server does not speak TLS, try http in platform.etcd.endpoints";
      }
    }
    String description = String.valueOf(status.getDescription());
    return description.startsWith("Connection closed while performing TLS")
        ? "the TLS handshake was interrupted, should it be http in platform.etcd.endpoints? "
            + description
        : null;
  }

  private static Stream<Throwable> causes(Status status) {
    return Stream.iterate(
        status.getCause(),
        cause -> cause != null,
        cause -> cause == cause.getCause() ? null : cause.getCause());
  }

  private static String describe(Status status) {
    StringBuilder text = new StringBuilder(status.getCode().name());
    String description = status.getDescription();
    if (description != null) {
      text.append(", ").append(description);
    }
    causes(status)
        .reduce((outer, inner) -> inner)
        .map(Throwable::getMessage)
        .ifPresent(message -> text.append(", ").append(message));
    return text.toString();
  }
}
