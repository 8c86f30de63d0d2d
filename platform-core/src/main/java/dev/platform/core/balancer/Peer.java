package dev.platform.core.balancer;

import io.grpc.EquivalentAddressGroup;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/** Where an instance is, as logs and spans tell it everywhere. */
record Peer(String address, int port) {

  private static final AttributeKey<String> ADDRESS =
      AttributeKey.stringKey("network.peer.address");
  private static final AttributeKey<Long> PORT = AttributeKey.longKey("network.peer.port");
  private static final int NO_PORT = -1;

  /** The first address of a group; ours have one. */
  static Peer of(EquivalentAddressGroup addresses) {
    SocketAddress first = addresses.getAddresses().get(0);
    if (first instanceof InetSocketAddress socket) {
      return new Peer(
          socket.getAddress() == null
              ? socket.getHostString()
              : socket.getAddress().getHostAddress(),
          socket.getPort());
    }
    return new Peer(first.toString(), NO_PORT);
  }

  Attributes attributes() {
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
