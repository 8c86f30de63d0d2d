package dev.platform.core.etcd;

import dev.platform.core.InvalidPropertyException;
import java.net.URI;
import java.net.URISyntaxException;
import org.jspecify.annotations.Nullable;

/** The address of one etcd member. */
record EtcdEndpoint(String host, int port, boolean secure) {

  static EtcdEndpoint parse(String text) {
    URI uri;
    try {
      uri = new URI(text.trim());
    } catch (URISyntaxException e) {
      throw invalid(text, e);
    }
    boolean http = "http".equals(uri.getScheme());
    boolean path = uri.getPath() != null && !uri.getPath().isEmpty() && !uri.getPath().equals("/");
    if ((!http && !"https".equals(uri.getScheme()))
        || uri.getHost() == null
        || uri.getPort() < 1
        || uri.getPort() > 65535
        || uri.getUserInfo() != null
        || path) {
      throw invalid(text, null);
    }
    String host = uri.getHost();
    return new EtcdEndpoint(
        host.startsWith("[") ? host.substring(1, host.length() - 1) : host, uri.getPort(), !http);
  }

  private static InvalidPropertyException invalid(String text, @Nullable Exception cause) {
    return new InvalidPropertyException(
        "platform.etcd.endpoints", text, "http://host:port or https://host:port", cause);
  }
}
