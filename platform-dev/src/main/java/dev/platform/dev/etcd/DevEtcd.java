package dev.platform.dev.etcd;

import dev.platform.dev.hosting.SharedService;
import dev.platform.starter.test.etcd.EmbeddedEtcd;
import java.net.InetSocketAddress;
import java.util.NoSuchElementException;
import org.springframework.core.env.Environment;

/**
 * An in-JVM etcd that the apps of a machine share. It starts empty, also when another process takes
 * it over: the running apps then register again.
 */
public final class DevEtcd {

  private DevEtcd() {}

  /**
   * The service, not yet started, at {@code platform.etcd.endpoints}.
   *
   * @throws NoSuchElementException when that is not one plain-text loopback endpoint
   */
  public static SharedService at(Environment environment) {
    return new SharedService("etcd", EtcdAddress.in(environment).orElseThrow(), DevEtcd::start);
  }

  private static AutoCloseable start(InetSocketAddress address) {
    EmbeddedEtcd etcd =
        EmbeddedEtcd.builder()
            .host(address.getAddress().getHostAddress())
            .port(address.getPort())
            .build();
    etcd.start();
    return etcd::close;
  }
}
