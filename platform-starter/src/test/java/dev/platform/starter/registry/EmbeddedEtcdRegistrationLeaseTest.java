package dev.platform.starter.registry;

import dev.platform.starter.test.etcd.EtcdServer;
import dev.platform.starter.test.junit.EtcdExtension;
import org.junit.jupiter.api.extension.RegisterExtension;

class EmbeddedEtcdRegistrationLeaseTest extends RegistrationLeaseFaults {

  @RegisterExtension static final EtcdExtension etcd = EtcdExtension.embedded();

  @Override
  EtcdServer etcd() {
    return etcd.server();
  }
}
