package dev.platform.benchmarks;

import dev.platform.starter.test.etcd.EmbeddedEtcd;
import dev.platform.starter.test.etcd.EtcdProcess;
import dev.platform.starter.test.etcd.EtcdServer;

/** The two kinds of etcd to measure. */
enum Servers {
  REAL("real etcd, a process of its own"),
  EMBEDDED("embedded etcd, in this JVM");

  private final String description;

  Servers(String description) {
    this.description = description;
  }

  String description() {
    return description;
  }

  /** Starts an empty etcd. */
  EtcdServer start() {
    EtcdServer server = this == REAL ? EtcdProcess.create() : EmbeddedEtcd.builder().build();
    server.start();
    return server;
  }
}
