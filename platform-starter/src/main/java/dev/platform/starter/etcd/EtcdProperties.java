package dev.platform.starter.etcd;

import static dev.platform.starter.defaults.InvalidPropertyException.check;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How etcd is reached.
 *
 * @param endpoints addresses of etcd's members, as {@code http://host:port} or {@code
 *     https://host:port}; all with the same scheme
 * @param ssl how the connection is secured
 * @param username name of the etcd user; none when etcd runs without authentication
 * @param password the etcd user's password
 * @param requestTimeout how long one request to etcd may take, at least 100ms
 */
@ConfigurationProperties("platform.etcd")
public record EtcdProperties(
    @DefaultValue("http://127.0.0.1:2379") List<String> endpoints,
    @DefaultValue Ssl ssl,
    @Nullable String username,
    @Nullable String password,
    @DefaultValue("3s") Duration requestTimeout) {

  /**
   * TLS towards etcd.
   *
   * @param bundle name of the Spring SSL bundle with the certificate authority and, where etcd asks
   *     for one, the client's certificate; needs {@code https} endpoints
   */
  public record Ssl(@Nullable String bundle) {}

  public EtcdProperties {
    check(!endpoints.isEmpty(), "platform.etcd.endpoints", "(empty)", "at least one endpoint");
    endpoints = List.copyOf(endpoints);
    List<EtcdEndpoint> parsed = endpoints.stream().map(EtcdEndpoint::parse).toList();
    long secure = parsed.stream().filter(EtcdEndpoint::secure).count();
    check(
        secure == 0 || secure == parsed.size(),
        "platform.etcd.endpoints",
        String.join(",", endpoints),
        "all http or all https");
    check(
        ssl.bundle() == null || secure > 0,
        "platform.etcd.ssl.bundle",
        ssl.bundle(),
        "no bundle, or https in platform.etcd.endpoints");
    check(
        (username == null) == (password == null),
        username == null ? "platform.etcd.username" : "platform.etcd.password",
        "(empty)",
        "username and password, both or neither");
    check(
        requestTimeout.toMillis() >= 100,
        "platform.etcd.request-timeout",
        requestTimeout.toMillis() + "ms",
        ">= 100ms");
  }

  List<EtcdEndpoint> parsedEndpoints() {
    return endpoints.stream().map(EtcdEndpoint::parse).toList();
  }

  @Override
  public String toString() {
    return "EtcdProperties[endpoints=%s, ssl=%s, username=%s]".formatted(endpoints, ssl, username);
  }
}
