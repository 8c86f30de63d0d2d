package dev.platform.starter.etcd;

import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/** Turns a status of etcd's into a sentence that names the cause and where to mend it. */
final class EtcdFailure {

  private EtcdFailure() {}

  static String explain(Status status) {
    String text = status.getDescription() == null ? "" : status.getDescription();
    // By etcd's words: gRPC gives a failed sign-in another code than etcd did.
    if (text.contains("authentication failed") || text.contains("invalid auth token")) {
      return "etcd refused the credentials (platform.etcd.username, .password): " + text;
    }
    if (text.contains("user name is empty")) {
      return "etcd asks for a user (platform.etcd.username, .password): " + text;
    }
    if (text.contains("permission denied")) {
      return "the etcd user lacks a role for this key range (platform.etcd.username): " + text;
    }
    if (text.contains("database space exceeded")) {
      return "etcd is full (NOSPACE): compact, defragment and disarm the alarm";
    }
    return switch (status.getCode()) {
      case UNAVAILABLE -> "unreachable: " + told(status);
      case DEADLINE_EXCEEDED -> "no answer in time";
      default -> told(status);
    };
  }

  private static String told(Status status) {
    StringBuilder text = new StringBuilder(status.getCode().name());
    if (status.getDescription() != null) {
      text.append(", ").append(status.getDescription());
    }
    Throwable root = root(status.getCause());
    if (root != null && root.getMessage() != null) {
      text.append(", ").append(root.getMessage());
    }
    return text.toString();
  }

  private static @Nullable Throwable root(@Nullable Throwable failure) {
    Throwable root = failure;
    while (root != null && root.getCause() != null && root.getCause() != root) {
      root = root.getCause();
    }
    return root;
  }
}
