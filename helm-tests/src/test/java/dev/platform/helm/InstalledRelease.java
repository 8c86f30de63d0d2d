package dev.platform.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.Gson;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * A release of the chart in a namespace of its own of a {@link ControlPlane}, which refuses pods
 * that are not restricted, and warns of templates of such pods. Any warning of the API server or of
 * Helm fails the test.
 */
final class InstalledRelease implements AutoCloseable {

  private static final Gson JSON = new Gson();
  private static final Duration SETTLE_LIMIT = Duration.ofSeconds(90);
  private static final String HELM_LIMIT = "--timeout=3m";

  private static final String SETTLING =
      "deployments,statefulsets,horizontalpodautoscalers,poddisruptionbudgets,pods,services,endpointslices";

  private static final String SERVICE_LABEL = "kubernetes.io/service-name";

  /** Kubernetes' own, in each namespace. */
  private static final Set<String> NOT_OURS =
      Set.of("ConfigMap/kube-root-ca.crt", "ServiceAccount/default");

  private static final String CREATED =
      """
      {apiVersion: v1, kind: Namespace, metadata: {name: %s, labels: {
        pod-security.kubernetes.io/enforce: restricted, pod-security.kubernetes.io/warn: restricted}}}
      """;

  private final ControlPlane cluster;
  private final String helm;
  private final String namespace;
  private final Chart chart;

  /**
   * @param helm the program: {@code helm} or {@code helm4}
   * @param namespace is created
   */
  InstalledRelease(ControlPlane cluster, String helm, String namespace, Chart chart)
      throws Exception {
    this.cluster = cluster;
    this.helm = helm;
    this.namespace = namespace;
    this.chart = chart;
    ControlPlane.Result created =
        cluster.call(CREATED.formatted(namespace), "kubectl", List.of("create", "--filename=-"));
    assertThat(created.code()).as(created.output()).isZero();
    kubectl("wait", "serviceaccount/default", "--for=create", "--timeout=60s");
  }

  /** The objects that Helm would send, hooks too. */
  Manifests rendered() throws Exception {
    return Manifests.parse(template());
  }

  /** Has the API server check each object, hooks too, without storing them. Unknown fields fail. */
  void dryRun() throws Exception {
    ControlPlane.Result created = create(template(), "--dry-run=server", "--validate=strict");
    assertThat(created.code()).as(created.output()).isZero();
    assertNoWarning(created.output());
  }

  /**
   * Has the API server check an object without storing it.
   *
   * @return its answer
   */
  ControlPlane.Result dryRun(Manifest manifest) throws Exception {
    return create(manifest.json().toString(), "--dry-run=server", "--validate=strict");
  }

  /** Stores an object. */
  void create(Manifest manifest) throws Exception {
    ControlPlane.Result created = create(manifest.json().toString());
    assertThat(created.code()).as(created.output()).isZero();
  }

  /** Installs, and waits until all is ready and all hooks have ended. */
  void install() throws Exception {
    helm(command("install", List.of("--wait", HELM_LIMIT)));
    settle();
  }

  /** Upgrades to the same values and more. */
  void upgrade(Path... more) throws Exception {
    List<String> options = new ArrayList<>(List.of("--wait", HELM_LIMIT));
    options.addAll(values(more));
    helm(command("upgrade", options));
    settle();
  }

  /**
   * An upgrade that does not succeed.
   *
   * @param options of Helm
   * @return what Helm prints
   */
  String failingUpgrade(Path more, String... options) throws Exception {
    List<String> all = new ArrayList<>(List.of(options));
    all.addAll(values(more));
    ControlPlane.Result result = cluster.call("", helm, command("upgrade", all));
    assertThat(result.code()).as(result.output()).isNotZero();
    return result.output();
  }

  void rollback(int revision) throws Exception {
    helm(releaseCommand("rollback", Integer.toString(revision), "--wait", HELM_LIMIT));
    settle();
  }

  /** Runs the chart's tests. */
  void test() throws Exception {
    helm(releaseCommand("test", HELM_LIMIT));
  }

  void uninstall() throws Exception {
    helm(releaseCommand("uninstall", "--wait", HELM_LIMIT));
  }

  /** Helm's word for the state of the last revision, such as {@code deployed}. */
  String status() throws Exception {
    String history =
        cluster.run(
            helm, releaseCommand("history", "--max=1", "--output=json").toArray(String[]::new));
    Object last = JSON.fromJson(history, List.class).get(0);
    return String.valueOf(Manifest.at(last, "status"));
  }

  String kubectl(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(arguments));
    command.addAll(List.of("--namespace", namespace));
    return cluster.run("kubectl", command.toArray(String[]::new));
  }

  /** Writes what a kubelet would report of a pod. */
  void setReady(String pod, boolean ready) throws Exception {
    kubectl(
        "patch",
        "pod",
        pod,
        "--subresource=status",
        "--patch={\"status\": {\"conditions\": [{\"type\": \"Ready\", \"status\": \"%s\"}]}}"
            .formatted(ready ? "True" : "False"));
  }

  /** Asks for the eviction of a pod, as {@code kubectl drain} does. */
  ControlPlane.Result evict(String pod) throws Exception {
    Map<String, ?> eviction =
        Map.of(
            "apiVersion",
            "policy/v1",
            "kind",
            "Eviction",
            "metadata",
            Map.of("name", pod, "namespace", namespace));
    return cluster.call(
        JSON.toJson(eviction),
        "kubectl",
        List.of(
            "create",
            "--raw=/api/v1/namespaces/%s/pods/%s/eviction".formatted(namespace, pod),
            "--filename=-"));
  }

  /** All objects but those of Kubernetes and Helm themselves, by kind and name. */
  Map<String, Manifest> objects() throws Exception {
    return objects(cluster.namespacedKinds());
  }

  private Map<String, Manifest> objects(String kinds) throws Exception {
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

  /** The names of the pods with a label, in alphabetical order. */
  List<String> pods(String label) throws Exception {
    String names =
        kubectl(
            "get",
            "pods",
            "--selector=" + label,
            "--output=jsonpath={range .items[*]}{.metadata.name}{\"\\n\"}{end}");
    return names.lines().sorted().toList();
  }

  /**
   * Waits for controllers: autoscalers have their least replicas, each workload has its pods, and
   * each Service their addresses.
   */
  void settle() {
    await("the workloads in " + namespace)
        .atMost(SETTLE_LIMIT)
        .pollInterval(Duration.ofMillis(200))
        .untilAsserted(
            () -> {
              Map<String, Manifest> all = objects(SETTLING);
              ofKind(all, "HorizontalPodAutoscaler").forEach(scaler -> assertScaled(scaler, all));
              ofKind(all, "Deployment").forEach(InstalledRelease::assertReady);
              ofKind(all, "StatefulSet").forEach(InstalledRelease::assertReady);
              ofKind(all, "PodDisruptionBudget").forEach(InstalledRelease::assertCounted);
              ofKind(all, "Service").forEach(service -> assertListed(service, all));
            });
  }

  /** Waits for controllers: nothing but these is left. */
  void awaitOnly(Set<String> names) {
    await("what is left in " + namespace)
        .atMost(SETTLE_LIMIT)
        .pollInterval(Duration.ofMillis(200))
        .untilAsserted(() -> assertThat(objects().keySet()).isEqualTo(names));
  }

  /** Those that no other object owns: what Helm applied, and the claims of StatefulSets. */
  static Map<String, Manifest> applied(Map<String, Manifest> all) {
    Map<String, Manifest> applied = new TreeMap<>(all);
    applied.values().removeIf(manifest -> manifest.at("metadata", "ownerReferences") != null);
    return applied;
  }

  /** The objects that differ in anything but their status and Kubernetes' bookkeeping. */
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

  /** With its uid and the generation of its spec; with its version, unless it has a status. */
  private static Map<String, Object> written(Manifest manifest) {
    Map<String, Object> content = new TreeMap<>(manifest.content());
    Map<String, Object> metadata = new TreeMap<>(Manifest.map(content.get("metadata")));
    metadata.remove("managedFields");
    if (content.remove("status") != null || manifest.kind().equals("EndpointSlice")) {
      metadata.remove("resourceVersion");
    }
    content.put("metadata", metadata);
    return content;
  }

  static Stream<Manifest> ofKind(Map<String, Manifest> all, String kind) {
    return all.values().stream().filter(manifest -> manifest.kind().equals(kind));
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

  private static void assertCounted(Manifest budget) {
    assertThat(budget.at("status", "currentHealthy"))
        .as("healthy pods of the budget %s", budget.name())
        .isEqualTo(budget.at("status", "expectedPods"));
  }

  /** The ready addresses of a Service are those of all pods that it selects. */
  private static void assertListed(Manifest service, Map<String, Manifest> all) {
    Map<String, Object> selector = Manifest.map(service.at("spec", "selector"));
    List<String> selected =
        ofKind(all, "Pod")
            .filter(pod -> !pod.text("status", "phase").equals("Succeeded"))
            .filter(pod -> pod.labels().entrySet().containsAll(selector.entrySet()))
            .map(Manifest::name)
            .toList();
    List<String> listed =
        ofKind(all, "EndpointSlice")
            .filter(slice -> service.name().equals(slice.labels().get(SERVICE_LABEL)))
            .flatMap(slice -> Manifest.maps(slice.at("endpoints")).stream())
            .filter(endpoint -> Boolean.TRUE.equals(Manifest.at(endpoint, "conditions", "ready")))
            .map(endpoint -> String.valueOf(Manifest.at(endpoint, "targetRef", "name")))
            .toList();
    assertThat(listed)
        .as("ready addresses of the Service %s", service.name())
        .isNotEmpty()
        .containsExactlyInAnyOrderElementsOf(selected);
  }

  private String template() throws Exception {
    ControlPlane.Result rendered =
        cluster.call("", "helm", command("template", List.of("--validate")));
    assertThat(rendered.code()).as(rendered.output()).isZero();
    return rendered.output();
  }

  private ControlPlane.Result create(String objects, String... options) throws Exception {
    List<String> command =
        new ArrayList<>(List.of("create", "--namespace", namespace, "--filename=-"));
    command.addAll(List.of(options));
    return cluster.call(objects, "kubectl", command);
  }

  private List<String> command(String verb, List<String> options) {
    List<String> command =
        new ArrayList<>(
            List.of(verb, Chart.RELEASE, Chart.FOLDER.toString(), "--namespace", namespace));
    command.addAll(values(chart.values().toArray(Path[]::new)));
    command.addAll(options);
    return command;
  }

  private List<String> releaseCommand(String verb, String... options) {
    List<String> command = new ArrayList<>(List.of(verb, Chart.RELEASE));
    command.addAll(List.of(options));
    command.addAll(List.of("--namespace", namespace));
    return command;
  }

  private static List<String> values(Path... files) {
    return Stream.of(files).flatMap(file -> Stream.of("--values", file.toString())).toList();
  }

  private void helm(List<String> arguments) throws Exception {
    assertNoWarning(cluster.run(helm, arguments.toArray(String[]::new)));
  }

  private static void assertNoWarning(String output) {
    assertThat(output.lines().filter(line -> line.toLowerCase(Locale.ROOT).contains("warn")))
        .as("warnings")
        .isEmpty();
  }
}
