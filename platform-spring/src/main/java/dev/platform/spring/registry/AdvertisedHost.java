package dev.platform.spring.registry;

import dev.platform.core.InvalidPropertyException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.commons.util.InetUtils;

/**
 * The host at which others reach this process: the property, else the one address that the server
 * is bound to, else what Spring Cloud's {@link InetUtils} finds, else a global IPv6 address.
 */
final class AdvertisedHost {

  private final @Nullable String configured;
  private final InetUtils inetUtils;
  private volatile @Nullable String found;

  /**
   * @throws InvalidPropertyException when the configured host resolves to nothing
   */
  AdvertisedHost(@Nullable String configured, InetUtils inetUtils) {
    this.configured = configured;
    this.inetUtils = inetUtils;
    if (configured != null) {
      resolve(configured);
    }
  }

  String choose(@Nullable String boundAddress) {
    if (configured != null) {
      return configured;
    }
    if (boundAddress != null && isOneAddress(boundAddress)) {
      return boundAddress;
    }
    String known = found;
    if (known == null) {
      known = find();
      found = known;
    }
    return known;
  }

  boolean isLocal(String host) {
    try {
      InetAddress address = InetAddress.getByName(host);
      return address.isLoopbackAddress() || NetworkInterface.getByInetAddress(address) != null;
    } catch (UnknownHostException | SocketException e) {
      return false;
    }
  }

  private String find() {
    InetAddress first = inetUtils.findFirstNonLoopbackAddress();
    if (first != null && !first.isLoopbackAddress()) {
      return first.getHostAddress();
    }
    return firstGlobalIpv6().orElse("127.0.0.1");
  }

  private static Optional<String> firstGlobalIpv6() {
    try {
      return NetworkInterface.networkInterfaces()
          .flatMap(NetworkInterface::inetAddresses)
          .filter(Inet6Address.class::isInstance)
          .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress())
          .map(address -> withoutScope(address.getHostAddress()))
          .findFirst();
    } catch (SocketException e) {
      return Optional.empty();
    }
  }

  private static String withoutScope(String address) {
    int percent = address.indexOf('%');
    return percent < 0 ? address : address.substring(0, percent);
  }

  private static boolean isOneAddress(String bound) {
    try {
      return !bound.equals("*") && !InetAddress.getByName(bound).isAnyLocalAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }

  private static void resolve(String host) {
    try {
      InetAddress.getByName(host);
    } catch (UnknownHostException e) {
      throw new InvalidPropertyException(
          "platform.registry.advertise-host", host, "a host name that resolves, or an address", e);
    }
  }
}
