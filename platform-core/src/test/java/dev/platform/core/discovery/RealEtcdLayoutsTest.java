package dev.platform.core.discovery;

import dev.platform.starter.test.etcd.EtcdServer;
import dev.platform.starter.test.junit.EtcdExtension;
import org.junit.jupiter.api.extension.RegisterExtension;

class RealEtcdLayoutsTest extends LayoutsFaults {

  @RegisterExtension static final EtcdExtension etcd = EtcdExtension.real();

  @Override
  EtcdServer etcd() {
    return etcd.server();
  }
}
