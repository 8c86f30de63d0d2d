package dev.platform.mall;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.platform.starter.test.junit.EtcdExtension;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/**
 * Kubernetes' own API server and controllers, without a container runtime: {@code
 * interop/kubernetes/cluster}. A test writes the status of its pods.
 */
final class KubernetesCluster implements AutoCloseable {

  static final String NAMESPACE = "shop";

  /** The only node. Without a node, a deleted pod would be gone at once. */
  static final String NODE = "interop";

  private static final Path SCRIPTS =
      Path.of("..", "interop", "kubernetes").toAbsolutePath().normalize();
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int STOP_SECONDS = 30;

  private final Path folder;
  private final Process process;

  private KubernetesCluster(Path folder, Process process) {
    this.folder = folder;
    this.process = process;
  }

  /** Skips the test if Kubernetes is not built, or fails it with no-skips. */
  static void require() throws IOException {
    Process build =
        new ProcessBuilder(SCRIPTS.resolve("build").toString(), "--cached")
            .redirectErrorStream(true)
            .start();
    String output = new String(build.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    boolean isBuilt = build.onExit().join().exitValue() == 0;
    String message = "skipped: " + output.strip();
    if (!isBuilt && Boolean.getBoolean(EtcdExtension.NO_SKIPS)) {
      throw new IllegalStateException(message + " (" + EtcdExtension.NO_SKIPS + " is true)");
    }
    Assumptions.assumeTrue(isBuilt, message);
  }

  /** Starts it in a new folder, with an empty namespace. */
  static KubernetesCluster start(Path parent) throws IOException {
    Path folder = Files.createTempDirectory(Files.createDirectories(parent), "cluster-");
    Files.delete(folder);
    Path there = folder.toAbsolutePath();
    Process process =
        new ProcessBuilder(SCRIPTS.resolve("cluster").toString(), there.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    ProcessReaper.childrenChanged();
    String first = process.inputReader(StandardCharsets.UTF_8).readLine();
    if (first == null || !first.startsWith("ready: ")) {
      throw new AssertionError("the cluster in " + folder + " does not start");
    }
    KubernetesCluster cluster = new KubernetesCluster(there, process);
    cluster.kubectl("create", "namespace", NAMESPACE);
    return cluster;
  }

  /** The output of a command in the namespace. Its failure is an IOException with its output. */
  String kubectl(String... arguments) throws IOException {
    return run("kubectl", arguments);
  }

  String helm(String... arguments) throws IOException {
    return run("helm", arguments);
  }

  JsonNode get(String... what) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("get", "--output=json"));
    arguments.addAll(List.of(what));
    return JSON.readTree(kubectl(arguments.toArray(String[]::new)));
  }

  /** Creates an object. */
  void create(JsonNode object) throws IOException {
    Path file =
        Files.writeString(Files.createTempFile(folder, "object", ".json"), object.toString());
    kubectl("create", "--filename=" + file);
    Files.delete(file);
  }

  /** The kubeconfig of a service account, with a token as a pod gets it. */
  Path kubeconfig(String serviceAccount) throws IOException {
    String token = kubectl("create", "token", serviceAccount).strip();
    String own = Files.readString(folder.resolve("kubeconfig"));
    return Files.writeString(
        folder.resolve("kubeconfig-" + serviceAccount),
        own.replaceAll("(?m)^users:.*$", "users: [{name: admin, user: {token: " + token + "}}]")
            .replace(
                "certificate-authority: " + certificate(),
                "certificate-authority-data: " + encoded())
            .replace("namespace: default", "namespace: " + NAMESPACE));
  }

  /** Kills the API server, by SIGKILL. Nothing starts it until {@link #restart()}. */
  void kill() throws IOException, InterruptedException {
    Files.createFile(folder.resolve("hold"));
    long pid = Long.parseLong(Files.readString(folder.resolve("pids/kube-apiserver")).strip());
    ProcessHandle server = ProcessHandle.of(pid).orElseThrow();
    server.destroyForcibly();
    server.onExit().join();
  }

  /** Starts the killed API server, and returns at once. */
  void restart() throws IOException {
    Files.delete(folder.resolve("hold"));
  }

  /** The requests of a service account so far, with their answers, from the server's audit log. */
  List<JsonNode> requests(String serviceAccount) throws IOException {
    List<JsonNode> requests = new ArrayList<>();
    for (String line : Files.readAllLines(folder.resolve("audit.log"))) {
      JsonNode request = JSON.readTree(line);
      String user = "system:serviceaccount:" + NAMESPACE + ":" + serviceAccount;
      if (request.at("/user/username").asText().equals(user)) {
        requests.add(request);
      }
    }
    return requests;
  }

  @Override
  public void close() throws IOException {
    process.getOutputStream().close();
    try {
      if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        throw new IOException("the cluster in " + folder + " does not stop");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while stopping the cluster", e);
    }
    ProcessReaper.childrenChanged();
  }

  private String run(String program, String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "env",
                "KUBECONFIG=" + folder.resolve("kubeconfig"),
                folder.resolve("bin").resolve(program).toString(),
                "--namespace=" + NAMESPACE));
    command.addAll(List.of(arguments));
    // The API server warns of each request for Endpoints.
    return Programs.stdout(command);
  }

  private Path certificate() {
    return folder.resolve("certificates/apiserver.crt");
  }

  /** Apps may run as another user, who can't read the cluster's folder. */
  private String encoded() throws IOException {
    return Base64.getEncoder().encodeToString(Files.readAllBytes(certificate()));
  }
}
