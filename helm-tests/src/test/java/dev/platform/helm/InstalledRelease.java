package dev.platform.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.Gson;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A release of the chart in a namespace of its own of a {@link ControlPlane}, which refuses pods
 * that are not restricted. Any warning of the API server fails the test.
 */
final class InstalledRelease implements AutoCloseable {

  private static final Gson JSON = new Gson();
  private static final Duration SETTLE_LIMIT = Duration.ofSeconds(60);

  /** Made by Kubernetes in each namespace, or about something else. */
  private static final Set<String> NOT_OURS =
      Set.of("ConfigMap/kube-root-ca.crt", "ServiceAccount/default");

  private static final Set<String> NOT_LISTED =
      Set.of("events", "events.events.k8s.io", "endpoints", "leases.coordination.k8s.io");

  private final ControlPlane cluster;
  private final String helm;
  private final String namespace;
  private final List<Path> values;

  /** All that a namespace can contain. */
  private final String kinds;

  /**
   * @param helm the program: {@code helm} or {@code helm4}
   * @param namespace is made
   */
  InstalledRelease(ControlPlane cluster, String helm, String namespace, Chart chart)
      throws Exception {
    this.cluster = cluster;
    this.helm = helm;
    this.namespace = namespace;
    this.values = chart.values();
    this.kinds =
        cluster
            .run("kubectl", "api-resources", "--namespaced", "--verbs=list", "--output=name")
            .lines()
            .filter(kind -> !NOT_LISTED.contains(kind))
            .collect(Collectors.joining(","));
    cluster.run("kubectl", "create", "namespace", namespace);
    cluster.run(
        "kubectl",
        "label",
        "namespace",
        namespace,
        "pod-security.kubernetes.io/enforce=restricted",
        "pod-security.kubernetes.io/warn=restricted");
  }

  /** Has the API server check each object, hooks too, without storing them. Unknown fields fail. */
  void dryRun() throws Exception {
    ControlPlane.Result rendered = cluster.call("", helm, command("template", List.of()));
    assertThat(rendered.code()).as(rendered.output()).isZero();
    ControlPlane.Result created =
        cluster.call(
            rendered.output(),
            "kubectl",
            List.of(
                "create",
                "--namespace",
                namespace,
                "--dry-run=server",
                "--validate=strict",
                "--filename=-"));
    assertThat(created.code()).as(created.output()).isZero();
    assertNoWarning(created.output());
  }

  /** Installs, and waits until all is ready and all hooks have ended. */
  void install() throws Exception {
    helm(command("install", List.of("--wait", "--timeout=2m")));
    settle();
  }

  /** Upgrades to the same values and more. */
  void upgrade(Path... more) throws Exception {
    List<String> options = new ArrayList<>(List.of("--wait", "--timeout=2m"));
    Stream.of(more).forEach(file -> options.addAll(List.of("--values", file.toString())));
    helm(command("upgrade", options));
    settle();
  }

  void rollback(int revision) throws Exception {
    helm(
        List.of(
            "rollback",
            Chart.RELEASE,
            Integer.toString(revision),
            "--namespace",
            namespace,
            "--wait",
            "--timeout=2m"));
    settle();
  }

  /** Runs the chart's tests. */
  void test() throws Exception {
    helm(List.of("test", Chart.RELEASE, "--namespace", namespace, "--timeout=2m"));
  }

  void uninstall() throws Exception {
    helm(List.of("uninstall", Chart.RELEASE, "--namespace", namespace, "--wait", "--timeout=2m"));
  }

  /** Waits until the garbage collector has deleted all that is left but these. */
  void awaitOnly(Set<String> kinds) {
    await("what is left in " + namespace)
        .atMost(SETTLE_LIMIT)
        .pollInterval(Duration.ofMillis(200))
        .untilAsserted(
            () -> assertThat(objects().values()).extracting(Manifest::kind).isSubsetOf(kinds));
  }

  String kubectl(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(arguments));
    command.addAll(List.of("--namespace", namespace));
    return cluster.run("kubectl", command.toArray(String[]::new));
  }

  /** All objects but those of Kubernetes and Helm themselves, by kind and name. */
  Map<String, Manifest> objects() throws Exception {
    Map<String, Manifest> objects = new TreeMap<>();
    Object all = JSON.fromJson(kubectl("get", kinds, "--output=json"), Map.class);
    for (Map<String, Object> content : Manifest.maps(Manifest.at(all, "items"))) {
      Manifest manifest = new Manifest(content);
      String name = manifest.kind() + "/" + manifest.name();
      if (!NOT_OURS.contains(name) && !name.startsWith("Secret/sh.helm.release.v1.")) {
        objects.put(name, manifest);
      }
    }
    return objects;
  }

  /** Those that no other object owns: what Helm applied, and the claims of StatefulSets. */
  static Map<String, Manifest> applied(Map<String, Manifest> all) {
    Map<String, Manifest> applied = new TreeMap<>(all);
    applied.values().removeIf(manifest -> manifest.at("metadata", "ownerReferences") != null);
    return applied;
  }

  /** The objects that differ in anything but what controllers report. */
  static Set<String> changed(Map<String, Manifest> before, Map<String, Manifest> after) {
    Set<String> changed = new TreeSet<>();
    Stream.of(before, after).flatMap(all -> all.keySet().stream()).forEach(changed::add);
    changed.removeIf(
        name ->
            before.containsKey(name)
                && after.containsKey(name)
                && written(before.get(name)).equals(written(after.get(name))));
    return changed;
  }

  @Override
  public void close() throws Exception {
    cluster.run("kubectl", "delete", "namespace", namespace, "--wait=false");
  }

  /**
   * All of it, with its uid, and the generation of its spec, but neither status nor bookkeeping.
   */
  private static Map<String, Object> written(Manifest manifest) {
    Map<String, Object> content = new TreeMap<>(manifest.content());
    content.remove("status");
    Map<String, Object> metadata = new TreeMap<>(Manifest.map(content.get("metadata")));
    metadata.remove("managedFields");
    if (manifest.content().containsKey("status")) {
      // A change of the status, too, makes a new version.
      metadata.remove("resourceVersion");
    }
    content.put("metadata", metadata);
    return content;
  }

  /** Waits for controllers: autoscalers have their least replicas, and each workload its pods. */
  private void settle() throws Exception {
    await("the workloads in " + namespace)
        .atMost(SETTLE_LIMIT)
        .pollInterval(Duration.ofMillis(200))
        .untilAsserted(
            () -> {
              Map<String, Manifest> all = objects();
              all.values().stream()
                  .filter(manifest -> manifest.kind().equals("HorizontalPodAutoscaler"))
                  .forEach(scaler -> assertScaled(scaler, all));
              all.values().stream()
                  .filter(
                      manifest -> List.of("Deployment", "StatefulSet").contains(manifest.kind()))
                  .forEach(InstalledRelease::assertReady);
            });
  }

  private static void assertScaled(Manifest scaler, Map<String, Manifest> all) {
    Manifest target = all.get("Deployment/" + scaler.text("spec", "scaleTargetRef", "name"));
    assertThat((Double) target.at("spec", "replicas"))
        .as(target.name())
        .isGreaterThanOrEqualTo((Double) scaler.at("spec", "minReplicas"));
  }

  private static void assertReady(Manifest workload) {
    assertThat(workload.at("status", "observedGeneration"))
        .as(workload.name())
        .isEqualTo(workload.at("metadata", "generation"));
    assertThat(workload.at("status", "replicas"))
        .as("pods of %s", workload.name())
        .isEqualTo(workload.at("spec", "replicas"))
        .isEqualTo(workload.at("status", "readyReplicas"))
        .isEqualTo(workload.at("status", "availableReplicas"))
        .isEqualTo(workload.at("status", "updatedReplicas"));
  }

  private List<String> command(String verb, List<String> options) {
    List<String> command =
        new ArrayList<>(
            List.of(verb, Chart.RELEASE, Chart.FOLDER.toString(), "--namespace", namespace));
    values.forEach(file -> command.addAll(List.of("--values", file.toString())));
    command.addAll(options);
    return command;
  }

  private void helm(List<String> arguments) throws IOException, InterruptedException {
    assertNoWarning(cluster.run(helm, arguments.toArray(String[]::new)));
  }

  private static void assertNoWarning(String output) {
    assertThat(output.lines().filter(line -> line.toLowerCase(Locale.ROOT).contains("warn")))
        .as("warnings")
        .isEmpty();
  }
}
