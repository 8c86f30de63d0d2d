package dev.platform.tests.app;

import dev.platform.starter.test.etcd.EmbeddedEtcd;
import dev.platform.starter.test.etcd.EtcdServer;
import dev.platform.starter.test.etcd.ServerTls;
import dev.platform.starter.test.tls.TestCertificate;
import java.util.List;

class EmbeddedEtcdInProductionTest extends EtcdInProductionFaults {

  @Override
  EtcdServer secured(ServerTls tls) {
    return EmbeddedEtcd.builder().tls(tls).build();
  }

  @Override
  void certificate(EtcdServer server, TestCertificate certificate) {
    ((EmbeddedEtcd) server).certificate(certificate);
  }

  @Override
  EtcdServer withUser() {
    EmbeddedEtcd etcd = EmbeddedEtcd.builder().user("app", "app", List.of("/ours/")).build();
    etcd.start();
    return etcd;
  }

  @Override
  EtcdServer plain() {
    return EmbeddedEtcd.builder().build();
  }

  @Override
  List<String> keys(EtcdServer server, String prefix) {
    return server.keys(prefix);
  }

  @Override
  void put(EtcdServer server, String key, String value) {
    server.put(key, value);
  }

  @Override
  void expireTokens(EtcdServer server) {
    ((EmbeddedEtcd) server).expireTokens();
  }
}
