package dev.platform.core.etcd;

import dev.platform.starter.test.etcd.EmbeddedEtcd;
import dev.platform.starter.test.etcd.EtcdServer;
import dev.platform.starter.test.etcd.ServerTls;
import dev.platform.starter.test.tls.TestCertificate;

class EmbeddedEtcdTlsTest extends EtcdTlsFaults {

  @Override
  EtcdServer server(ServerTls tls) {
    return EmbeddedEtcd.builder().tls(tls).build();
  }

  @Override
  void certificate(EtcdServer server, TestCertificate certificate) {
    ((EmbeddedEtcd) server).certificate(certificate);
  }
}
