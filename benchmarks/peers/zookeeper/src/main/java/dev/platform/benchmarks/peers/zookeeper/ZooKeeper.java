package dev.platform.benchmarks.peers.zookeeper;

import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.zookeeper.server.ServerCnxnFactory;
import org.apache.zookeeper.server.ZooKeeperServer;

/**
 * A single ZooKeeper with its defaults on any free port of the loopback address. Its data is in
 * {@code benchmarks/target/peers/}. Prints {@code port N} when it serves, and exits at the end of
 * its input.
 */
final class ZooKeeper {

  private static final int TICK_MILLIS = 2000;

  private ZooKeeper() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    Path target = Files.createDirectories(Path.of("benchmarks", "target", "peers"));
    File folder = Files.createTempDirectory(target, "zookeeper").toFile();
    ZooKeeperServer server = new ZooKeeperServer(folder, folder, TICK_MILLIS);
    ServerCnxnFactory connections =
        ServerCnxnFactory.createFactory(new InetSocketAddress("127.0.0.1", 0), 100);
    connections.startup(server);
    PrintStream out = System.out;
    out.println("port " + connections.getLocalPort());
    out.flush();
    while (System.in.read() >= 0) {
      // Waits until the parent process has exited.
    }
    Runtime.getRuntime().halt(0);
  }
}
