package dev.platform.helm;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/**
 * Kubernetes' own API server and controllers, without a container runtime, and their command-line
 * programs: {@code interop/kubernetes/cluster}. If it is not built, tests are skipped, or fail with
 * no-skips.
 */
final class ControlPlane implements AutoCloseable {

  private static final Path SCRIPTS =
      Path.of("..", "interop", "kubernetes").toAbsolutePath().normalize();
  private static final String NO_SKIPS = "platform.test.no-skips";
  private static final int COMMAND_SECONDS = 180;
  private static final int STOP_SECONDS = 30;

  /** About something else. */
  private static final Set<String> NOT_LISTED =
      Set.of("events", "events.events.k8s.io", "endpoints", "leases.coordination.k8s.io");

  private final Path folder;
  private final Process cluster;
  private @Nullable String kinds;

  /** What a program that has ended has printed. */
  record Result(int code, String output) {}

  private ControlPlane(Path folder, Process cluster) {
    this.folder = folder;
    this.cluster = cluster;
  }

  /** Starts it in a folder that is made new, and waits until it is ready. */
  static ControlPlane start(Path parent) throws IOException {
    requireBuilt();
    Path folder = Files.createTempDirectory(Files.createDirectories(parent), "cluster-");
    Files.delete(folder);
    Process cluster =
        new ProcessBuilder(
                SCRIPTS.resolve("cluster").toString(), folder.toAbsolutePath().toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String first = cluster.inputReader(StandardCharsets.UTF_8).readLine();
    if (first == null || !first.startsWith("ready: ")) {
      throw new AssertionError("the cluster in " + folder + " does not start");
    }
    return new ControlPlane(folder.toAbsolutePath(), cluster);
  }

  /**
   * Runs one of the cluster's programs, and returns what it prints. A failure is an AssertionError.
   */
  String run(String program, String... arguments) throws IOException, InterruptedException {
    Result result = call("", program, List.of(arguments));
    if (result.code != 0) {
      throw new AssertionError(
          "%s %s ended with %d:%n%s"
              .formatted(program, String.join(" ", arguments), result.code, result.output));
    }
    return result.output;
  }

  /** All that a namespace can contain, for {@code kubectl get}. */
  String namespacedKinds() throws IOException, InterruptedException {
    if (kinds == null) {
      kinds =
          run("kubectl", "api-resources", "--namespaced", "--verbs=list", "--output=name")
              .lines()
              .filter(kind -> !NOT_LISTED.contains(kind))
              .collect(Collectors.joining(","));
    }
    return kinds;
  }

  /** Runs one of the cluster's programs with a standard input. */
  Result call(String input, String program, List<String> arguments)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(List.of(folder.resolve("bin").resolve(program).toString()));
    command.addAll(arguments);
    Path in = Files.writeString(Files.createTempFile(folder, program, ".in"), input);
    Path out = Files.createTempFile(folder, program, ".out");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectInput(in.toFile())
            .redirectOutput(out.toFile());
    builder.environment().put("KUBECONFIG", folder.resolve("kubeconfig").toString());
    builder.environment().put("KUBECACHEDIR", folder.resolve("kubectl-cache").toString());
    builder.environment().put("HELM_CACHE_HOME", folder.resolve("helm-cache").toString());
    builder.environment().put("HELM_CONFIG_HOME", folder.resolve("helm-config").toString());
    builder.environment().put("HELM_DATA_HOME", folder.resolve("helm-data").toString());
    Process process = builder.start();
    try {
      boolean ended = process.waitFor(COMMAND_SECONDS, TimeUnit.SECONDS);
      process.destroyForcibly();
      String output = Files.readString(out);
      return new Result(
          ended ? process.exitValue() : process.waitFor(),
          ended ? output : output + "\nstopped after " + COMMAND_SECONDS + " s");
    } finally {
      Files.delete(in);
      Files.delete(out);
    }
  }

  @Override
  public void close() throws IOException {
    cluster.getOutputStream().close();
    try {
      if (!cluster.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError("the cluster in " + folder + " does not stop");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while stopping the cluster", e);
    }
  }

  private static void requireBuilt() throws IOException {
    Process build =
        new ProcessBuilder(SCRIPTS.resolve("build").toString(), "--cached")
            .redirectErrorStream(true)
            .start();
    String output = new String(build.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    boolean isBuilt = build.onExit().join().exitValue() == 0;
    String message = "skipped: " + output.strip();
    if (!isBuilt && Boolean.getBoolean(NO_SKIPS)) {
      throw new IllegalStateException(message + " (" + NO_SKIPS + " is true)");
    }
    Assumptions.assumeTrue(isBuilt, message);
  }
}
