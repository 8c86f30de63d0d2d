package dev.platform.starter.test.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EtcdChildTest {

  @Test
  void tellsEtcdThatArmIsWanted() {
    assertThat(EtcdChild.environment("aarch64")).containsEntry("ETCD_UNSUPPORTED_ARCH", "arm64");
    assertThat(EtcdChild.environment("arm")).containsEntry("ETCD_UNSUPPORTED_ARCH", "arm");
    assertThat(EtcdChild.environment("amd64")).isEmpty();
  }
}
