package dev.platform.dev.hosting;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.Set;

/** Recognises plain-text endpoints of this machine, the only ones that are hosted here. */
public final class LoopbackEndpoint {

  private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "localhost", "[::1]");

  private LoopbackEndpoint() {}

  /**
   * The address behind {@code http://127.0.0.1:port}, {@code http://localhost:port} or {@code
   * http://[::1]:port}; empty for anything else, also for an invalid URI.
   */
  public static Optional<InetSocketAddress> parse(String endpoint) {
    URI uri;
    try {
      uri = URI.create(endpoint.trim());
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    String host = uri.getHost();
    if (!"http".equals(uri.getScheme())
        || host == null
        || !LOOPBACK.contains(host)
        || uri.getPort() <= 0) {
      return Optional.empty();
    }
    try {
      // A name would be resolved here; "localhost" means the address that clients try first.
      InetAddress address = InetAddress.getByName("localhost".equals(host) ? "127.0.0.1" : host);
      return Optional.of(new InetSocketAddress(address, uri.getPort()));
    } catch (UnknownHostException e) {
      return Optional.empty();
    }
  }
}
