package com.example.consul;

import com.example.registries.OtherRegistry;
import dev.platform.starter.test.net.FreePorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.cloud.consul.discovery.ConsulDiscoveryClient;
import org.springframework.util.FileSystemUtils;

/**
 * A Consul of one server, which is the agent of all applications too, with its defaults at the
 * loopback address. The program is built by {@code compat/consul/server/build}.
 */
final class RealConsul implements OtherRegistry {

  private static final Duration BOUND = Duration.ofMinutes(2);

  private final HttpClient http = HttpClient.newHttpClient();
  private final Path folder;
  private final Path data;
  private final int port = FreePorts.on("127.0.0.1");
  private final int serverPort = FreePorts.on("127.0.0.1");
  private final int gossipPort = FreePorts.on("127.0.0.1");
  private Process process;

  RealConsul() {
    try {
      folder = Files.createTempDirectory(Files.createDirectories(Path.of("target")), "consul");
      data = folder.resolve("data");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    start();
  }

  @Override
  public String name() {
    return "Consul";
  }

  @Override
  public List<String> properties() {
    return List.of(
        "spring.cloud.consul.host=127.0.0.1",
        "spring.cloud.consul.port=" + port,
        "spring.cloud.consul.discovery.hostname=127.0.0.1",
        // Free ports are chosen here, and Spring Cloud makes the id of the configured port.
        "spring.cloud.consul.discovery.instance-id=${spring.application.name}-${random.uuid}",
        "spring.cloud.consul.discovery.query-passing=true",
        "spring.cloud.consul.discovery.health-check-path=/actuator/health/readiness",
        "spring.cloud.consul.discovery.health-check-interval=2s",
        "management.endpoint.health.probes.enabled=true");
  }

  @Override
  public String off() {
    return "spring.cloud.consul.enabled=false";
  }

  @Override
  public Class<? extends DiscoveryClient> client() {
    return ConsulDiscoveryClient.class;
  }

  @Override
  public void start() {
    try {
      process =
          new ProcessBuilder(command())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()))
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    // The leader's address, in quotes; empty while there is none.
    Awaitility.await().atMost(BOUND).until(() -> get("/v1/status/leader").length() > 2);
  }

  @Override
  public void stop() {
    process.destroyForcibly().onExit().join();
  }

  @Override
  public void empty() {
    try {
      FileSystemUtils.deleteRecursively(data);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    stop();
  }

  /** The answer to a request of its API; an empty text while it does not answer. */
  String get(String path) throws InterruptedException {
    return send("GET", path);
  }

  /** The same for a request that changes something. */
  String put(String path) throws InterruptedException {
    return send("PUT", path);
  }

  private String send(String method, String path) throws InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .timeout(Duration.ofSeconds(30))
            .build();
    try {
      HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
      return response.statusCode() == 200 ? response.body() : "";
    } catch (ConnectException e) {
      return "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<String> command() {
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("compat.consul"));
    command.addAll(
        List.of(
            "agent",
            "-server",
            "-bootstrap-expect=1",
            "-node=agent",
            "-data-dir=" + data,
            "-bind=127.0.0.1",
            "-client=127.0.0.1",
            "-http-port=" + port,
            "-server-port=" + serverPort,
            "-serf-lan-port=" + gossipPort,
            "-serf-wan-port=-1",
            "-dns-port=-1",
            "-grpc-port=-1",
            "-grpc-tls-port=-1",
            "-disable-host-node-id",
            "-hcl=disable_update_check = true",
            "-hcl=telemetry { disable_hostname = true }"));
    return command;
  }
}
