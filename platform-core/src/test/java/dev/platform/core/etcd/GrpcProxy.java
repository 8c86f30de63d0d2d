package dev.platform.core.etcd;

import static org.awaitility.Awaitility.await;

import dev.platform.starter.test.etcd.FreePorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/** etcd's own gRPC proxy, as a child process on the loopback address. */
public final class GrpcProxy implements AutoCloseable {

  private final int port;
  private final Process process;

  private GrpcProxy(int port, Process process) {
    this.port = port;
    this.process = process;
  }

  /** Starts one in front of an etcd; returns once it accepts connections. */
  public static GrpcProxy start(int etcdPort) throws IOException {
    return start(List.of(URI.create("http://127.0.0.1:" + etcdPort)));
  }

  /** Starts one in front of the members of a cluster. */
  public static GrpcProxy start(List<URI> etcd) throws IOException {
    String endpoints = etcd.stream().map(URI::getAuthority).collect(Collectors.joining(","));
    int port = freePort();
    Process process =
        new ProcessBuilder(
                "etcd",
                "grpc-proxy",
                "start",
                "--endpoints=" + endpoints,
                "--listen-addr=127.0.0.1:" + port,
                // etcd 3.6's ends by itself after 5 s if it does not reach itself there.
                "--advertise-client-url=127.0.0.1:" + port)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    GrpcProxy proxy = new GrpcProxy(port, process);
    await().atMost(Duration.ofSeconds(20)).until(proxy::accepts);
    return proxy;
  }

  public String endpoint() {
    return "http://127.0.0.1:" + port;
  }

  /** Answers nothing from here on; its connections stay open. */
  public void freeze() throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-STOP", Long.toString(process.pid())).start().waitFor();
  }

  /** Ends at once, as in a crash. */
  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }

  private boolean accepts() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 500);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static int freePort() {
    return FreePorts.on("127.0.0.1");
  }
}
