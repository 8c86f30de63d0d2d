package dev.platform.spring.etcd;

import static dev.platform.core.InvalidPropertyException.check;

import dev.platform.core.etcd.EtcdSettings;
import dev.platform.core.instance.InstanceCodec;
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
 * @param namespace path before all keys, such as {@code /staging}, for several environments in one
 *     etcd; empty for none
 */
@ConfigurationProperties("platform.etcd")
public record EtcdProperties(
    @DefaultValue("http://127.0.0.1:2379") List<String> endpoints,
    @DefaultValue Ssl ssl,
    @Nullable String username,
    @Nullable String password,
    @DefaultValue("3s") Duration requestTimeout,
    @DefaultValue("") String namespace) {

  /**
   * TLS towards etcd.
   *
   * @param bundle name of the Spring SSL bundle with the certificate authority and, if etcd
   *     requires one, the client's certificate; needs {@code https} endpoints
   */
  public record Ssl(@Nullable String bundle) {}

  public EtcdProperties {
    InstanceCodec.checkNamespace(namespace);
    var validated = new EtcdSettings(endpoints, username, password, requestTimeout);
    check(
        ssl.bundle() == null || validated.isSecure(),
        "platform.etcd.ssl.bundle",
        ssl.bundle(),
        "no bundle, or https in platform.etcd.endpoints");
  }

  /** The connection's settings without its certificates. */
  public EtcdSettings settings() {
    return new EtcdSettings(endpoints, username, password, requestTimeout);
  }

  @Override
  public String toString() {
    return "EtcdProperties[endpoints=%s, ssl=%s, username=%s]".formatted(endpoints, ssl, username);
  }
}
