package dev.platform.starter.test.etcd;

import dev.platform.starter.test.junit.EtcdExtension;
import org.junit.jupiter.api.extension.RegisterExtension;

class EmbeddedEtcdAuthTest extends AuthConformance {

  @RegisterExtension
  final EtcdExtension etcd = EtcdExtension.embedded(EmbeddedEtcd.builder().user("root", "secret"));

  @Override
  EtcdServer etcd() {
    return etcd.server();
  }
}
