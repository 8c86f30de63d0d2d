package dev.platform.helm;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A member of the chart's etcd as a process of this machine: command, arguments, environment and
 * secrets are those of the rendered pod; only addresses and folders differ.
 */
final class EtcdPod {

  private static final Duration STOP = Duration.ofSeconds(30);

  /** For a busy machine. */
  private static final Map<String, String> PATIENT =
      Map.of(
          "ETCD_HEARTBEAT_INTERVAL", "300",
          "ETCD_ELECTION_TIMEOUT", "3000",
          "ETCDCTL_DIAL_TIMEOUT", "30s");

  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final int number;
  private final Map<String, String> environment = new HashMap<>();
  private final List<String> command = new ArrayList<>();
  private final LocalAddresses addresses;
  private final Path log;
  private Process process;

  /**
   * @param configMaps the values of existing ConfigMaps, by {@code name/key}
   * @param claim the folder that is the volume
   */
  EtcdPod(
      Manifest set,
      int number,
      LocalAddresses addresses,
      Map<String, String> configMaps,
      Path claim,
      Path folder)
      throws IOException {
    this.number = number;
    this.addresses = addresses;
    String name = set.name() + "-" + number;
    this.log = folder.resolve(name + ".log");
    Path secrets = Files.createDirectories(folder.resolve("secrets").resolve(name));
    for (Map<String, Object> volume : Manifest.maps(set.podSpec().orElseThrow().get("volumes"))) {
      if (volume.containsKey("secret")) {
        Path mounted = Files.createDirectories(secrets.resolve(volume.get("name").toString()));
        for (Map.Entry<String, String> file :
            Cluster.secret(Manifest.at(volume, "secret", "secretName").toString()).entrySet()) {
          Files.writeString(mounted.resolve(file.getKey()), file.getValue());
        }
      }
    }
    for (Map<String, Object> variable : Manifest.maps(set.container().get("env"))) {
      String value = value(variable, name, configMaps);
      if (value != null) {
        environment.put(variable.get("name").toString(), here(value, claim, secrets));
      }
    }
    for (String list : List.of("command", "args")) {
      for (String text : Manifest.texts(set.container().get(list))) {
        command.add(here(text.replace("$(POD_NAME)", name), claim, secrets));
      }
    }
  }

  void start() throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().putAll(environment);
    process = started(builder);
  }

  /** Starts an etcd that ends with this JVM at the latest. */
  static Process started(ProcessBuilder builder) throws IOException {
    builder.environment().putAll(PATIENT);
    if (System.getProperty("os.arch").equals("aarch64")) {
      // etcd 3.4 wants to be told before it runs there.
      builder.environment().put("ETCD_UNSUPPORTED_ARCH", "arm64");
    }
    Process started = builder.start();
    Runtime.getRuntime().addShutdownHook(new Thread(started::destroyForcibly));
    return started;
  }

  boolean isAlive() {
    return process != null && process.isAlive();
  }

  /** What the pod's readiness probe says; etcd 3.4 has {@code /health} in its place. */
  boolean isReady() {
    return isAlive() && (answers("/readyz") || answers("/health"));
  }

  /** As Kubernetes ends a pod. */
  void stop() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(STOP.toSeconds(), TimeUnit.SECONDS)) {
      throw new AssertionError("etcd did not end within " + STOP);
    }
  }

  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** Runs a command in the pod, with the pod's environment. */
  String exec(List<String> command) throws IOException, InterruptedException, Shell.Refused {
    if (!isAlive()) {
      throw new Shell.Refused("the container does not run");
    }
    return run(
        command.stream().map(argument -> addresses.of(argument, number)).toList(), environment);
  }

  /** Runs {@code etcdctl} and returns what it prints. */
  static String run(List<String> command, Map<String, String> environment)
      throws IOException, InterruptedException, Shell.Refused {
    List<String> patient = new ArrayList<>(command);
    if (command.stream().noneMatch(argument -> argument.startsWith("--command-timeout"))) {
      patient.add("--command-timeout=60s");
    }
    ProcessBuilder builder = new ProcessBuilder(patient).redirectErrorStream(true);
    builder.environment().putAll(PATIENT);
    builder.environment().putAll(environment);
    Process program = builder.start();
    program.getOutputStream().close();
    String output = new String(program.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (program.waitFor() != 0) {
      throw new Shell.Refused(String.join(" ", command) + ": " + output);
    }
    return output;
  }

  String log() throws IOException {
    List<String> lines = Files.exists(log) ? Files.readAllLines(log) : List.of();
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 15), lines.size()));
  }

  private boolean answers(String path) {
    try {
      URI uri = URI.create("http://127.0.0.1:%d%s".formatted(addresses.port(number, 2381), path));
      HttpRequest request = HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(5)).build();
      return HTTP.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException notYet) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private String here(String text, Path claim, Path secrets) {
    return addresses
        .of(text, number)
        .replace("/var/lib/etcd", claim.toString())
        // The volumes tls and root.
        .replace("/etc/etcd", secrets.toString());
  }

  private static String value(
      Map<String, Object> variable, String pod, Map<String, String> configMaps) {
    if (variable.containsKey("value")) {
      return variable.get("value").toString();
    }
    Map<String, Object> from = Manifest.map(variable.get("valueFrom"));
    if (from.containsKey("fieldRef")) {
      return pod;
    }
    if (from.containsKey("secretKeyRef")) {
      Map<String, Object> key = Manifest.map(from.get("secretKeyRef"));
      return Cluster.secret(key.get("name").toString()).get(key.get("key").toString());
    }
    Map<String, Object> key = Manifest.map(from.get("configMapKeyRef"));
    return configMaps.get(key.get("name") + "/" + key.get("key"));
  }
}
