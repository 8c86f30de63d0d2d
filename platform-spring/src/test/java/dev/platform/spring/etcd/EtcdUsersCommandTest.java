package dev.platform.spring.etcd;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.platform.core.etcd.EtcdUnavailableException;
import dev.platform.starter.test.etcd.EtcdProcess;
import dev.platform.starter.test.etcd.ServerTls;
import dev.platform.starter.test.junit.EtcdExtension;
import dev.platform.starter.test.tls.TestAuthority;
import dev.platform.starter.test.tls.TestCertificate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EtcdUsersCommandTest {

  private final TestAuthority authority = TestAuthority.create("etcd");

  @TempDir Path folder;

  @Test
  void makesUsersAndCanBeRepeated() throws Exception {
    EtcdExtension.requireReal();
    try (EtcdProcess etcd =
        EtcdProcess.builder().tls(ServerTls.mutual(authority.issue("server"), authority)).build()) {
      etcd.start();
      Map<String, String> environment =
          environment(etcd.port(), "order-app=order-service,notification-service;a=b", "root");
      EtcdUsersCommand.run(environment);
      EtcdUsersCommand.run(environment);

      assertThatThrownBy(() -> EtcdUsersCommand.run(environment(etcd.port(), "a=b", "order-app")))
          .isInstanceOf(EtcdUnavailableException.class)
          .hasMessageContaining("permission denied");
    }
  }

  @Test
  void saysWhatIsWrong() {
    assertThatThrownBy(() -> EtcdUsersCommand.run(Map.of()))
        .hasMessage("ETCD_USERS:  (expected: a value)");
    assertThatThrownBy(() -> EtcdUsersCommand.run(Map.of("ETCD_USERS", "order-app")))
        .hasMessage("ETCD_USERS: order-app (expected: name=service,service;name=service)");
    assertThatThrownBy(() -> EtcdUsersCommand.run(Map.of("ETCD_USERS", "a=b/../c")))
        .hasMessage("ETCD_USERS: a=b/../c (expected: name=service,service;name=service)");
    assertThatThrownBy(() -> EtcdUsersCommand.run(Map.of("ETCD_USERS", "root=b")))
        .hasMessage("ETCD_USERS: root=b (expected: users other than root)");
  }

  @Test
  void anEtcdThatIsAwayIsToldOf() throws Exception {
    assertThatThrownBy(() -> EtcdUsersCommand.run(environment(1, "a=b", "root")))
        .isInstanceOf(EtcdUnavailableException.class)
        .hasMessageContaining("unreachable");
  }

  private Map<String, String> environment(int port, String users, String name) throws IOException {
    TestCertificate own = authority.issue(name);
    Map<String, String> environment = new HashMap<>();
    environment.put("ETCD_ENDPOINTS", "https://127.0.0.1:" + port);
    environment.put("ETCD_USERS", users);
    environment.put("ETCD_CA", file("ca.crt", authority.certificatePem()));
    environment.put("ETCD_CERTIFICATE", file(name + ".crt", own.certificatePem()));
    environment.put("ETCD_KEY", file(name + ".key", own.privateKeyPem()));
    return environment;
  }

  private String file(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content).toString();
  }
}
