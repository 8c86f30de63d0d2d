package dev.platform.spring.security;

import static dev.platform.core.InvalidPropertyException.check;

import dev.platform.core.InvalidPropertyException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Workloads behind a service mesh, whose proxy terminates TLS and names the caller's certificate in
 * the header {@code x-forwarded-client-cert}.
 *
 * @param trustedProxies IP addresses of the local proxies whose header is believed; the header of
 *     others is ignored. Where transport security is off only.
 */
@ConfigurationProperties(XfccProperties.PREFIX)
public record XfccProperties(@DefaultValue List<String> trustedProxies) {

  static final String PREFIX = "platform.security.xfcc";
  private static final Pattern ADDRESS =
      Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");

  public XfccProperties {
    trustedProxies = List.copyOf(trustedProxies);
    trustedProxies.forEach(XfccProperties::address);
  }

  Set<InetAddress> addresses() {
    Set<InetAddress> addresses = new HashSet<>();
    trustedProxies.forEach(proxy -> addresses.add(address(proxy)));
    return addresses;
  }

  private static InetAddress address(String text) {
    String property = PREFIX + ".trusted-proxies";
    check(
        ADDRESS.matcher(text).matches(),
        property,
        text.isBlank() ? "(empty)" : text,
        "IP addresses");
    try {
      return InetAddress.getByName(text);
    } catch (UnknownHostException e) {
      throw new InvalidPropertyException(property, text, "IP addresses", e);
    }
  }
}
