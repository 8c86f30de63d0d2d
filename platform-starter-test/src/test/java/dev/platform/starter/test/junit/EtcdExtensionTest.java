package dev.platform.starter.test.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.platform.starter.test.etcd.EmbeddedEtcd;
import dev.platform.starter.test.etcd.EtcdServer;
import java.time.Duration;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.opentest4j.TestAbortedException;

@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class EtcdExtensionTest {

  @RegisterExtension static final EtcdExtension etcd = EtcdExtension.embedded();

  @Test
  @Order(1)
  void injectsTheServer(EtcdServer server, EmbeddedEtcd embedded) {
    assertThat(embedded).isSameAs(server).isSameAs(etcd.server());
    assertThat(etcd.endpoint()).isEqualTo(etcd.server().endpoint());
    leaveDataBehind();
  }

  @Test
  @Order(2)
  void isCleanAfterAnotherTest() {
    assertThat(etcd.server().isRunning()).isTrue();
    assertThat(etcd.server().keys("")).isEmpty();
    assertThat(etcd.server().leases()).isEmpty();
    assertThat(etcd.server().put("k", "v")).isPositive();
  }

  @Test
  void withoutTheBinarySkipsOrFailsIfSkipsAreForbidden() {
    EtcdExtension.requireBinary(true, true);
    assertThatThrownBy(() -> EtcdExtension.requireBinary(false, false))
        .isInstanceOf(TestAbortedException.class)
        .hasMessageContaining("no `etcd` on the PATH")
        .hasMessageContaining("apt-get install etcd-server");
    assertThatThrownBy(() -> EtcdExtension.requireBinary(false, true))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("platform.test.no-skips");
  }

  @Test
  void explainsAccessBeforeTheStart() {
    assertThatThrownBy(() -> EtcdExtension.embedded().server())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("not started");
  }

  private void leaveDataBehind() {
    etcd.server().put("k", "v");
    etcd.server().grantLease(Duration.ofMinutes(1));
    etcd.embeddedServer().outOfSpace(true);
    etcd.server().stop();
  }
}
