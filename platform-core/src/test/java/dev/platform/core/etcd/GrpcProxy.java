package dev.platform.core.etcd;

import static org.awaitility.Awaitility.await;

import dev.platform.starter.test.net.FreePorts;
import dev.platform.starter.test.tls.TestAuthority;
import dev.platform.starter.test.tls.TestCertificate;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** etcd's own gRPC proxy, as a child process on the loopback address. */
public final class GrpcProxy implements AutoCloseable {

  private final URI endpoint;
  private final Process process;

  private GrpcProxy(URI endpoint, Process process) {
    this.endpoint = endpoint;
    this.process = process;
  }

  /** Starts one in front of an etcd; returns once it accepts connections. */
  public static GrpcProxy start(int etcdPort) throws IOException {
    return start(List.of(URI.create("http://127.0.0.1:" + etcdPort)));
  }

  /** Starts one in front of the members of a cluster. */
  public static GrpcProxy start(List<URI> etcd) throws IOException {
    return start(etcd, "http", List.of());
  }

  /**
   * Starts one that calls the members, and is called, with mutual TLS.
   *
   * @param folder for the keys
   * @param authority issued all certificates
   */
  static GrpcProxy startWithTls(List<URI> etcd, TestAuthority authority, Path folder)
      throws IOException {
    // The one that it shows to etcd must have no name: etcd would take it for a user.
    TestCertificate own = authority.issue("");
    String trusted = write(folder, "ca.pem", authority.certificatePem());
    String certificate = write(folder, "proxy.pem", own.certificatePem());
    String key = write(folder, "proxy.key", own.privateKeyPem());
    return start(
        etcd,
        "https",
        List.of(
            "--cacert=" + trusted,
            "--cert=" + certificate,
            "--key=" + key,
            "--trusted-ca-file=" + trusted,
            "--cert-file=" + certificate,
            "--key-file=" + key));
  }

  private static GrpcProxy start(List<URI> etcd, String scheme, List<String> tls)
      throws IOException {
    String endpoints =
        etcd.stream()
            .map(each -> tls.isEmpty() ? each.getAuthority() : each.toString())
            .collect(Collectors.joining(","));
    String address = "127.0.0.1:" + FreePorts.on("127.0.0.1");
    List<String> command =
        new ArrayList<>(
            List.of(
                "etcd",
                "grpc-proxy",
                "start",
                "--endpoints=" + endpoints,
                "--listen-addr=" + address,
                // etcd 3.6's ends by itself after 5 s if it does not reach itself there.
                "--advertise-client-url=" + address));
    command.addAll(tls);
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    GrpcProxy proxy = new GrpcProxy(URI.create(scheme + "://" + address), process);
    await().atMost(Duration.ofSeconds(20)).until(proxy::accepts);
    return proxy;
  }

  private static String write(Path folder, String name, String pem) throws IOException {
    return Files.writeString(folder.resolve(name), pem).toString();
  }

  public String endpoint() {
    return endpoint.toString();
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
      socket.connect(new InetSocketAddress(endpoint.getHost(), endpoint.getPort()), 500);
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
