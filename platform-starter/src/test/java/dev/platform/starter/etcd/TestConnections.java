package dev.platform.starter.etcd;

import dev.platform.core.etcd.EtcdConnection;
import dev.platform.core.etcd.EtcdConnectionFactory;
import dev.platform.spring.etcd.EtcdProperties;
import dev.platform.starter.test.etcd.EtcdServer;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.boot.ssl.SslBundles;

/** Connections to a test's etcd. */
public final class TestConnections {

  private TestConnections() {}

  public static EtcdConnection open(EtcdServer etcd) {
    return open(List.of(etcd.endpoint().toString()));
  }

  public static EtcdConnection open(List<String> endpoints) {
    EtcdProperties properties =
        new EtcdProperties(
            endpoints, new EtcdProperties.Ssl(null), null, null, Duration.ofSeconds(1));
    return EtcdConnectionFactory.open(properties, new DefaultSslBundleRegistry(), System::nanoTime);
  }

  /** With the SSL bundle {@code etcd}. */
  static EtcdConnection open(EtcdServer etcd, SslBundles bundles) {
    EtcdProperties properties =
        new EtcdProperties(
            List.of("https://127.0.0.1:" + etcd.port()),
            new EtcdProperties.Ssl("etcd"),
            null,
            null,
            Duration.ofSeconds(3));
    return EtcdConnectionFactory.open(properties, bundles, System::nanoTime);
  }
}
