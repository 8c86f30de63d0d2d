package dev.platform.core.instance;

import com.google.common.net.InetAddresses;

/**
 * An address as in etcd's keys and values; IPv6 addresses are in brackets there.
 *
 * @param host a name or an address, without brackets
 * @param port from 1 to 65535
 */
public record HostAndPort(String host, int port) {

  /**
   * Reads {@code host:port} or {@code [address]:port}.
   *
   * @throws IllegalArgumentException when it is neither
   */
  public static HostAndPort parse(String text) {
    int colon = text.lastIndexOf(':');
    if (colon < 1) {
      throw new IllegalArgumentException(text + " (expected: host:port)");
    }
    String host = text.substring(0, colon);
    boolean bracketed = host.startsWith("[") && host.endsWith("]");
    if (!bracketed && (host.indexOf(':') >= 0 || host.isBlank())) {
      throw new IllegalArgumentException(text + " (expected: host:port or [address]:port)");
    }
    return new HostAndPort(
        bracketed ? host.substring(1, host.length() - 1) : host,
        port(text, text.substring(colon + 1)));
  }

  private static int port(String text, String digits) {
    try {
      int port = Integer.parseInt(digits);
      if (port >= 1 && port <= 65535) {
        return port;
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(text + " (expected: a port after the colon)", e);
    }
    throw new IllegalArgumentException(text + " (expected: a port from 1 to 65535)");
  }

  /**
   * Whether the host is the reader's own machine: a loopback address, or {@code localhost}. Never
   * looks a name up.
   */
  public boolean isLoopback() {
    return InetAddresses.isInetAddress(host) && host.indexOf('%') < 0
        ? InetAddresses.forString(host).isLoopbackAddress()
        : host.equalsIgnoreCase("localhost");
  }

  @Override
  public String toString() {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }
}
