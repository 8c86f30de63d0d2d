package dev.platform.starter.test.etcd;

import dev.platform.starter.test.tls.TestCertificate;

class EmbeddedEtcdTlsTest extends TlsConformance {

  @Override
  EtcdServer server(ServerTls tls) {
    return EmbeddedEtcd.builder().tls(tls).build();
  }

  @Override
  void certificate(EtcdServer server, TestCertificate certificate) {
    ((EmbeddedEtcd) server).certificate(certificate);
  }
}
