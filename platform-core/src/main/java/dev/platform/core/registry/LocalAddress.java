package dev.platform.core.registry;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Addresses of this machine. Blocks for as long as the system takes to list its interfaces. */
public final class LocalAddress {

  private LocalAddress() {}

  /**
   * The address at which others reach a server: the one that it is bound to, else this machine's
   * first one that is neither loopback nor link-local, IPv4 before IPv6, else {@code 127.0.0.1}.
   *
   * @param listening the addresses that the server listens on
   */
  public static String reachable(List<? extends SocketAddress> listening) {
    return listening.stream()
        .filter(InetSocketAddress.class::isInstance)
        .map(socket -> ((InetSocketAddress) socket).getAddress())
        .filter(address -> address != null && !address.isAnyLocalAddress())
        .findFirst()
        .map(InetAddress::getHostAddress)
        .orElseGet(LocalAddress::firstReachable);
  }

  /** Whether an address, or what a name resolves to, is one of this machine's. */
  public static boolean isLocal(String host) {
    try {
      InetAddress address = InetAddress.getByName(host);
      return address.isLoopbackAddress() || NetworkInterface.getByInetAddress(address) != null;
    } catch (UnknownHostException | SocketException e) {
      return false;
    }
  }

  private static String firstReachable() {
    InetAddress first = first();
    if (first == null) {
      return "127.0.0.1";
    }
    String address = first.getHostAddress();
    int zone = address.indexOf('%');
    return zone < 0 ? address : address.substring(0, zone);
  }

  private static @Nullable InetAddress first() {
    try {
      return NetworkInterface.networkInterfaces()
          .sorted(Comparator.comparingInt(NetworkInterface::getIndex))
          .flatMap(NetworkInterface::inetAddresses)
          .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress())
          .min(Comparator.comparing(address -> !(address instanceof Inet4Address)))
          .orElse(null);
    } catch (SocketException e) {
      return null;
    }
  }
}
