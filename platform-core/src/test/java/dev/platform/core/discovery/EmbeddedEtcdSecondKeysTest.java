package dev.platform.core.discovery;

import dev.platform.starter.test.etcd.EtcdServer;
import dev.platform.starter.test.junit.EtcdExtension;
import org.junit.jupiter.api.extension.RegisterExtension;

class EmbeddedEtcdSecondKeysTest extends SecondKeysFaults {

  @RegisterExtension static final EtcdExtension etcd = EtcdExtension.embedded();

  @Override
  EtcdServer etcd() {
    return etcd.server();
  }
}
