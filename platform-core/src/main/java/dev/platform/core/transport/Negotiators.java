package dev.platform.core.transport;

import dev.platform.core.identity.WorkloadIdentities;
import io.grpc.ChannelCredentials;
import io.grpc.ManagedChannelBuilder;
import io.grpc.ServerBuilder;
import io.grpc.ServerCredentials;
import java.util.ArrayList;
import java.util.List;

/** How connections are negotiated, on one of gRPC's two Nettys. Thread-safe. */
interface Negotiators {

  /**
   * Uses other certificates from the next handshake on. Sessions of before can't be resumed.
   *
   * @throws IllegalArgumentException if they can't be used; nothing has changed then
   */
  Prepared prepare(TransportCertificates certificates);

  /** Certificates that can be used. */
  interface Prepared {

    void use();
  }

  /** Whether it is a builder of this Netty, without credentials of its own. */
  boolean secure(ServerBuilder<?> builder);

  /** Whether it is a builder of this Netty, without credentials of its own. */
  boolean secure(ManagedChannelBuilder<?> builder);

  ServerCredentials serverCredentials();

  ChannelCredentials channelCredentials();

  /** Those of each Netty on the class path; the shaded one first, as in gRPC's own choice. */
  static List<Negotiators> available(
      TransportMode mode, WorkloadIdentities identities, HandshakeListener failures) {
    List<Negotiators> available = new ArrayList<>();
    if (isPresent("io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder")) {
      available.add(new NegotiatorsOnShadedNetty(mode, identities, failures));
    }
    if (isPresent("io.grpc.netty.NettyChannelBuilder")) {
      available.add(new NegotiatorsOnNetty(mode, identities, failures));
    }
    if (available.isEmpty()) {
      throw new IllegalStateException(
          "No transport for mutual TLS: add io.grpc:grpc-netty-shaded or io.grpc:grpc-netty");
    }
    return available;
  }

  private static boolean isPresent(String type) {
    try {
      Class.forName(type, false, Negotiators.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }
}
