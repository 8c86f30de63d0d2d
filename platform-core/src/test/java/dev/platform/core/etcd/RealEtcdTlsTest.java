package dev.platform.core.etcd;

import dev.platform.starter.test.etcd.EtcdProcess;
import dev.platform.starter.test.etcd.EtcdServer;
import dev.platform.starter.test.etcd.ServerTls;
import dev.platform.starter.test.junit.EtcdExtension;
import dev.platform.starter.test.tls.TestCertificate;
import org.junit.jupiter.api.BeforeAll;

class RealEtcdTlsTest extends EtcdTlsFaults {

  @BeforeAll
  static void requireEtcd() {
    EtcdExtension.requireReal();
  }

  @Override
  EtcdServer server(ServerTls tls) {
    return EtcdProcess.builder().tls(tls).build();
  }

  @Override
  void certificate(EtcdServer server, TestCertificate certificate) {
    ((EtcdProcess) server).certificate(certificate);
  }
}
