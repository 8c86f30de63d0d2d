package dev.platform.starter.test.etcd;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Common to all parts of the suite: the server under test and a client. */
abstract class ConformanceCase {

  EtcdApi api;

  abstract EtcdServer etcd();

  @BeforeEach
  void connect() {
    api = new EtcdApi(etcd());
  }

  @AfterEach
  void disconnect() {
    api.close();
  }
}
