package com.example.zookeeper;

import com.example.registries.OtherRegistry;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.zookeeper.server.ServerCnxnFactory;
import org.apache.zookeeper.server.ZooKeeperServer;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.cloud.zookeeper.discovery.ZookeeperDiscoveryClient;
import org.springframework.util.FileSystemUtils;

/** A single ZooKeeper with its defaults at one port of the loopback address; its data stays. */
final class RealZooKeeper implements OtherRegistry {

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

  @Override
  public String name() {
    return "ZooKeeper";
  }

  @Override
  public List<String> properties() {
    return List.of(
        "spring.cloud.zookeeper.connect-string=127.0.0.1:" + port,
        "spring.cloud.zookeeper.discovery.instance-host=127.0.0.1");
  }

  @Override
  public String off() {
    return "spring.cloud.zookeeper.enabled=false";
  }

  @Override
  public Class<? extends DiscoveryClient> client() {
    return ZookeeperDiscoveryClient.class;
  }

  @Override
  public void start() {
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

  @Override
  public void stop() {
    connections.shutdown();
    server.shutdown();
  }

  @Override
  public void empty() {
    FileSystemUtils.deleteRecursively(folder);
  }

  @Override
  public void close() {
    stop();
  }
}
