package dev.platform.core.telemetry;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import java.net.InetSocketAddress;

/** Who is at the other end of a connection. */
final class PeerAttributes {

  private static final AttributeKey<String> ADDRESS =
      AttributeKey.stringKey("network.peer.address");
  private static final AttributeKey<Long> PORT = AttributeKey.longKey("network.peer.port");

  private PeerAttributes() {}

  static void put(Span span, InetSocketAddress peer) {
    span.setAttribute(
        ADDRESS,
        peer.getAddress() == null ? peer.getHostString() : peer.getAddress().getHostAddress());
    span.setAttribute(PORT, (long) peer.getPort());
  }
}
