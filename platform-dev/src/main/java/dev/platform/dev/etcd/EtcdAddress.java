package dev.platform.dev.etcd;

import dev.platform.dev.hosting.LoopbackEndpoint;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/** The endpoint of etcd that the platform's clients use. */
final class EtcdAddress {

  static final String PROPERTY = "platform.etcd.endpoints";

  private static final String DEFAULT = "http://127.0.0.1:2379";

  private EtcdAddress() {}

  /** The address to host etcd at; empty unless it is configured as one plain loopback endpoint. */
  static Optional<InetSocketAddress> in(Environment environment) {
    List<String> endpoints =
        Binder.get(environment)
            .bind(PROPERTY, Bindable.listOf(String.class))
            .orElse(List.of(DEFAULT));
    return endpoints.size() == 1 ? LoopbackEndpoint.parse(endpoints.get(0)) : Optional.empty();
  }
}
