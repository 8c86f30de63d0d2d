package dev.platform.core.identity;

import io.grpc.Attributes;
import io.grpc.Grpc;
import org.jspecify.annotations.Nullable;

/**
 * What a connection proves about the workload at its other end. Computed once for each connection.
 *
 * @param workload the workload's name; null if nothing is proved
 * @param reason why nothing is proved, for logs; null if a workload is
 */
public record PeerIdentity(@Nullable String workload, @Nullable String reason) {

  /** In the attributes of a server's connection, where a filter has put it. */
  @Grpc.TransportAttr
  public static final Attributes.Key<PeerIdentity> KEY =
      Attributes.Key.create("dev.platform.peer-identity");

  /** A workload that is proved. */
  public static PeerIdentity of(String workload) {
    return new PeerIdentity(workload, null);
  }

  /** Nothing is proved. */
  public static PeerIdentity none(String reason) {
    return new PeerIdentity(null, reason);
  }
}
