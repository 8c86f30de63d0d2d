package dev.platform.mall;

import dev.platform.starter.test.net.FreePorts;

/** Ports for programs that can't choose a free port themselves. */
final class Ports {

  private Ports() {}

  /** A currently free loopback port. */
  static int free() {
    return FreePorts.on("127.0.0.1");
  }
}
