package dev.platform.core.discovery;

import dev.platform.core.etcd.EtcdWithUsers;
import dev.platform.starter.test.junit.EtcdExtension;
import java.net.URI;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;

class RealEtcdAuthenticationSwitchTest extends AuthenticationSwitchFaults {

  private final EtcdWithUsers etcd = EtcdWithUsers.start();

  @BeforeAll
  static void requireEtcd() {
    EtcdExtension.requireReal();
  }

  @AfterEach
  void stop() {
    etcd.close();
  }

  @Override
  URI endpoint() {
    return etcd.endpoint();
  }

  @Override
  void requireAuthentication(boolean required) {
    etcd.requireAuthentication(required);
  }

  @Override
  void put(String key, String value) {
    etcd.put(key, value);
  }
}
