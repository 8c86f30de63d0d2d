package dev.platform.starter.test.etcd;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What every part of the suite has: the server under test and a client of its own. */
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
