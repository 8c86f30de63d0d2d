package dev.platform.starter.test.junit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.starter.test.etcd.EtcdServer;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.extension.RegisterExtension;

class EtcdExtensionPerTestTest {

  @RegisterExtension final EtcdExtension etcd = EtcdExtension.embedded();

  private static EtcdServer previous;

  @RepeatedTest(2)
  void hasANewServerPerTestInAnInstanceField() {
    assertThat(etcd.server().revision()).isEqualTo(1);
    assertThat(etcd.server()).isNotSameAs(previous);
    if (previous != null) {
      assertThat(previous.isRunning()).isFalse();
    }
    previous = etcd.server();
    previous.put("k", "v");
  }
}
