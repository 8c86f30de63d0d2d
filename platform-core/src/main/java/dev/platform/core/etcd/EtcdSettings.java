package dev.platform.core.etcd;

import static dev.platform.core.InvalidPropertyException.check;

import dev.platform.core.instance.HostAndPort;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How etcd is reached.
 *
 * @param endpoints addresses of etcd's members, as {@code http://host:port} or {@code
 *     https://host:port}; all with the same scheme
 * @param username name of the etcd user; none when etcd runs without authentication
 * @param password the etcd user's password
 * @param requestTimeout how long one request to etcd may take, at least 100ms
 */
public record EtcdSettings(
    List<String> endpoints,
    @Nullable String username,
    @Nullable String password,
    Duration requestTimeout) {

  public EtcdSettings {
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

  /** etcd on this machine, without users. */
  public static EtcdSettings defaults() {
    return new EtcdSettings(List.of("http://127.0.0.1:2379"), null, null, Duration.ofSeconds(3));
  }

  /** The same for other endpoints. */
  public EtcdSettings withEndpoints(List<String> others) {
    return new EtcdSettings(others, username, password, requestTimeout);
  }

  /** Whether the endpoints are {@code https}. */
  public boolean isSecure() {
    return parsedEndpoints().get(0).secure();
  }

  /** Whether all endpoints are on this machine: loopback addresses, or {@code localhost}. */
  public boolean isLoopback() {
    return parsedEndpoints().stream()
        .allMatch(endpoint -> new HostAndPort(endpoint.host(), endpoint.port()).isLoopback());
  }

  /** Without the password. */
  @Override
  public String toString() {
    return "EtcdSettings[endpoints=%s, username=%s]".formatted(endpoints, username);
  }
}
