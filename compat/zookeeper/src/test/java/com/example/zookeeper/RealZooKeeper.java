package com.example.zookeeper;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.zookeeper.server.ServerCnxnFactory;
import org.apache.zookeeper.server.ZooKeeperServer;

/** A single ZooKeeper with its defaults at one port of the loopback address; its data stays. */
final class RealZooKeeper implements AutoCloseable {

  private static final int TICK_MILLIS = 2000;

  private final File folder;
  private int port;
  private ServerCnxnFactory connections;
  private ZooKeeperServer server;

  RealZooKeeper() {
    try {
      folder = Files.createTempDirectory(Files.createDirectories(Path.of("target")), "zookeeper").toFile();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    start();
  }

  String address() {
    return "127.0.0.1:" + port;
  }

  void start() {
    try {
      server = new ZooKeeperServer(folder, folder, TICK_MILLIS);
      connections =
          ServerCnxnFactory.createFactory(new InetSocketAddress("127.0.0.1", port), 1000);
      connections.startup(server);
      port = connections.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  void stop() {
    connections.shutdown();
    server.shutdown();
  }

  @Override
  public void close() {
    stop();
  }
}
