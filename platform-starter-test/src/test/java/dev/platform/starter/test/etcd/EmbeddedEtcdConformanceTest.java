package dev.platform.starter.test.etcd;

import dev.platform.starter.test.junit.EtcdExtension;
import org.junit.jupiter.api.extension.RegisterExtension;

class EmbeddedEtcdConformanceTest extends EtcdConformance {

  @RegisterExtension static final EtcdExtension etcd = EtcdExtension.embedded();

  @Override
  EtcdServer etcd() {
    return etcd.server();
  }
}
