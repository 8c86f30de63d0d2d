package dev.platform.dev.tracing;

import dev.platform.dev.tracing.ZipkinSpan.Endpoint;
import dev.platform.dev.tracing.ZipkinSpan.Kind;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds the other side of a call in a span's attributes: its name by {@code peer.service} or, for a
 * caller, the address it called; its socket by the network attributes, those of older conventions
 * included.
 */
final class RemoteEndpoint {

  private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");
  private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F]*:[0-9a-fA-F:.]+");

  private static final List<String> CALLED_NAMES =
      List.of("peer.service", "server.address", "net.peer.name");
  private static final List<String> CALLED_ADDRESSES =
      List.of("network.peer.address", "net.sock.peer.addr", "server.address", "net.peer.name");
  private static final List<String> CALLED_PORTS =
      List.of("network.peer.port", "net.sock.peer.port", "server.port", "net.peer.port");

  private static final List<String> CALLER_NAMES = List.of("peer.service");
  private static final List<String> CALLER_ADDRESSES =
      List.of("client.address", "network.peer.address", "net.sock.peer.addr");
  private static final List<String> CALLER_PORTS =
      List.of("client.port", "network.peer.port", "net.sock.peer.port", "net.peer.port");

  private RemoteEndpoint() {}

  /** The other side; null for a span inside one process, or when no attribute has it. */
  static @Nullable Endpoint of(@Nullable Kind kind, Map<String, String> attributes) {
    if (kind == null) {
      return null;
    }
    return switch (kind) {
      case CLIENT, PRODUCER -> find(attributes, CALLED_NAMES, CALLED_ADDRESSES, CALLED_PORTS);
      case SERVER, CONSUMER -> find(attributes, CALLER_NAMES, CALLER_ADDRESSES, CALLER_PORTS);
    };
  }

  private static @Nullable Endpoint find(
      Map<String, String> attributes,
      List<String> names,
      List<String> addresses,
      List<String> ports) {
    String name = first(attributes, names, text -> !isAddress(text));
    String ipv4 = first(attributes, addresses, text -> IPV4.matcher(text).matches());
    String ipv6 = first(attributes, addresses, text -> IPV6.matcher(text).matches());
    if (name == null && ipv4 == null && ipv6 == null) {
      return null;
    }
    String port = first(attributes, ports, RemoteEndpoint::isPort);
    return new Endpoint(name, ipv4, ipv6, port == null ? null : Integer.valueOf(port));
  }

  private static @Nullable String first(
      Map<String, String> attributes, List<String> keys, Predicate<String> accepted) {
    for (String key : keys) {
      String text = attributes.get(key);
      if (text != null && !text.isBlank() && accepted.test(text)) {
        return text;
      }
    }
    return null;
  }

  private static boolean isAddress(String text) {
    return IPV4.matcher(text).matches() || IPV6.matcher(text).matches();
  }

  /** Instrumentation writes -1 for a port that it does not know. */
  private static boolean isPort(String text) {
    return text.matches("\\d{1,5}") && Integer.parseInt(text) > 0;
  }
}
