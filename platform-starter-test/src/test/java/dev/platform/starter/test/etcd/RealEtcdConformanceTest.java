package dev.platform.starter.test.etcd;

import dev.platform.starter.test.junit.EtcdExtension;
import org.junit.jupiter.api.extension.RegisterExtension;

class RealEtcdConformanceTest extends EtcdConformance {

  @RegisterExtension static final EtcdExtension etcd = EtcdExtension.real();

  @Override
  EtcdServer etcd() {
    return etcd.server();
  }
}
