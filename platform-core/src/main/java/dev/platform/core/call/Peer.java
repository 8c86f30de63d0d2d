package dev.platform.core.call;

import io.grpc.EquivalentAddressGroup;
import io.grpc.Grpc;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * The address at the other end of a connection, in the form that logs and spans have it.
 *
 * @param address an IP address, or a host name that is not resolved
 * @param port the port, or -1 where the address has none
 */
public record Peer(String address, int port) {

  private static final AttributeKey<String> ADDRESS =
      AttributeKey.stringKey("network.peer.address");
  private static final AttributeKey<Long> PORT = AttributeKey.longKey("network.peer.port");
  private static final int NO_PORT = -1;

  /** The first address of a group; the platform's groups have one. */
  public static Peer of(EquivalentAddressGroup addresses) {
    return of(addresses.getAddresses().get(0));
  }

  /** The remote address of a connection; null where gRPC's attributes have none. */
  public static @Nullable Peer of(io.grpc.Attributes connection) {
    SocketAddress remote = connection.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
    return remote == null ? null : of(remote);
  }

  static Peer of(SocketAddress address) {
    if (address instanceof InetSocketAddress socket) {
      return new Peer(
          socket.getAddress() == null
              ? socket.getHostString()
              : socket.getAddress().getHostAddress(),
          socket.getPort());
    }
    return new Peer(address.toString(), NO_PORT);
  }

  /** Sets the attributes of a span. */
  public void describe(Span span) {
    span.setAttribute(ADDRESS, address);
    if (port != NO_PORT) {
      span.setAttribute(PORT, (long) port);
    }
  }

  /** The attributes of an event. */
  public Attributes attributes() {
    return port == NO_PORT
        ? Attributes.of(ADDRESS, address)
        : Attributes.of(ADDRESS, address, PORT, (long) port);
  }

  @Override
  public String toString() {
    if (port == NO_PORT) {
      return address;
    }
    return address.indexOf(':') < 0 ? address + ":" + port : "[" + address + "]:" + port;
  }
}
