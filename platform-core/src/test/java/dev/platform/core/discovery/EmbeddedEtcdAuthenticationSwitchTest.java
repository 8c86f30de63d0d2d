package dev.platform.core.discovery;

import dev.platform.starter.test.etcd.EmbeddedEtcd;
import dev.platform.starter.test.junit.EtcdExtension;
import java.net.URI;
import org.junit.jupiter.api.extension.RegisterExtension;

class EmbeddedEtcdAuthenticationSwitchTest extends AuthenticationSwitchFaults {

  @RegisterExtension
  final EtcdExtension etcd = EtcdExtension.embedded(EmbeddedEtcd.builder().user(USER, USER));

  @Override
  URI endpoint() {
    return etcd.server().endpoint();
  }

  @Override
  void requireAuthentication(boolean required) {
    etcd.embeddedServer().requireAuthentication(required);
  }

  @Override
  void put(String key, String value) {
    etcd.server().put(key, value);
  }
}
