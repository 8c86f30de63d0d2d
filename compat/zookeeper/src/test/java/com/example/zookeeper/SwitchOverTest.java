package com.example.zookeeper;

import com.example.registries.OtherRegistry;
import com.example.registries.SwitchOver;

class SwitchOverTest extends SwitchOver {

  @Override
  protected OtherRegistry other() {
    return new RealZooKeeper();
  }
}
