package com.example.zookeeper;

import com.example.registries.BesideEtcd;
import com.example.registries.OtherRegistry;

class ZooKeeperTest extends BesideEtcd {

  @Override
  protected OtherRegistry other() {
    return new RealZooKeeper();
  }
}
