package dev.platform.core.etcd;

import dev.platform.starter.test.etcd.EtcdServer;
import java.time.Duration;
import java.util.List;

/** Connections to a test's etcd. */
public final class TestConnections {

  private TestConnections() {}

  public static EtcdConnection open(EtcdServer etcd) {
    return open(List.of(etcd.endpoint().toString()));
  }

  public static EtcdConnection open(List<String> endpoints) {
    return EtcdConnection.builder(settings(endpoints, Duration.ofSeconds(1))).open();
  }

  /** Uses TLS. */
  static EtcdConnection open(EtcdServer etcd, EtcdTls tls) {
    return EtcdConnection.builder(
            settings(List.of("https://127.0.0.1:" + etcd.port()), Duration.ofSeconds(3)))
        .tls(tls)
        .open();
  }

  /** For much data on a busy machine. */
  public static EtcdSettings slow(List<String> endpoints) {
    return settings(endpoints, Duration.ofSeconds(30));
  }

  static EtcdSettings settings(List<String> endpoints, Duration requestTimeout) {
    return new EtcdSettings(endpoints, null, null, requestTimeout);
  }
}
