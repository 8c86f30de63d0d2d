package dev.platform.core.resolver;

import dev.platform.core.instance.HostAndPort;
import java.net.InetAddress;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Which addresses of a registry are called. A loopback, link-local or unspecified address means
 * another machine or network to each reader: whoever follows it may call something else than the
 * registry's instance. Thread-safe.
 */
public final class AddressRule {

  private static final String PROPERTY = "platform.discovery.allow-loopback";

  private final Predicate<HostAndPort> local;

  private AddressRule(Predicate<HostAndPort> local) {
    this.local = local;
  }

  /**
   * The rule for one process.
   *
   * @param local whether an instance listed at such an address is called, since it is on the same
   *     machine; asked each time, on any thread
   */
  public static AddressRule unless(Predicate<HostAndPort> local) {
    return new AddressRule(local);
  }

  /**
   * Why an address is not called; empty if it is.
   *
   * @param listed as it is in the registry
   * @param address what it means
   */
  Optional<String> refusal(HostAndPort listed, InetAddress address) {
    if (address.isMulticastAddress()) {
      return Optional.of("a multicast address");
    }
    String kind = kind(address);
    return kind.isEmpty() || local.test(listed)
        ? Optional.empty()
        : Optional.of("%s address (%s: true calls it)".formatted(kind, PROPERTY));
  }

  private static String kind(InetAddress address) {
    if (address.isLoopbackAddress()) {
      return "a loopback";
    }
    if (address.isLinkLocalAddress()) {
      return "a link-local";
    }
    return address.isAnyLocalAddress() ? "an unspecified" : "";
  }
}
