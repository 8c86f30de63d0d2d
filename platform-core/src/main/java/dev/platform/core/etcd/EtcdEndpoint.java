package dev.platform.core.etcd;

import dev.platform.core.InvalidPropertyException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The address of one etcd member.
 *
 * @param host a name or an address, without brackets
 * @param port from 1 to 65535
 * @param secure whether it is {@code https}
 */
record EtcdEndpoint(String host, int port, boolean secure) {

  private static final String PROPERTY = "platform.etcd.endpoints";

  /** {@link URI} has no host for a name with an underscore, as Docker Compose makes them. */
  private static final Pattern NAME_AND_PORT = Pattern.compile("([A-Za-z0-9._-]+):([0-9]{1,5})");

  static EtcdEndpoint parse(String text) {
    URI uri;
    try {
      uri = new URI(text.trim());
    } catch (URISyntaxException e) {
      throw invalid(text, e);
    }
    boolean http = "http".equals(uri.getScheme());
    boolean path = uri.getPath() != null && !uri.getPath().isEmpty() && !uri.getPath().equals("/");
    if ((!http && !"https".equals(uri.getScheme())) || uri.getUserInfo() != null || path) {
      throw invalid(text, null);
    }
    if (uri.getHost() == null) {
      return withUnderscore(text, uri, !http);
    }
    String host = uri.getHost();
    return of(
        text,
        host.startsWith("[") ? host.substring(1, host.length() - 1) : host,
        uri.getPort(),
        !http);
  }

  private static EtcdEndpoint withUnderscore(String text, URI uri, boolean secure) {
    Matcher authority = NAME_AND_PORT.matcher(String.valueOf(uri.getAuthority()));
    if (!authority.matches() || authority.group(1).indexOf('_') < 0) {
      throw invalid(text, null);
    }
    if (secure) {
      throw new InvalidPropertyException(
          PROPERTY,
          text,
          "a name without an underscore, since Java accepts no certificate for one",
          null);
    }
    return of(text, authority.group(1), Integer.parseInt(authority.group(2)), false);
  }

  private static EtcdEndpoint of(String text, String host, int port, boolean secure) {
    if (port < 1 || port > 65535) {
      throw invalid(text, null);
    }
    return new EtcdEndpoint(host, port, secure);
  }

  private static InvalidPropertyException invalid(String text, @Nullable Exception cause) {
    return new InvalidPropertyException(
        PROPERTY, text, "http://host:port or https://host:port", cause);
  }
}
