package dev.platform.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.Gson;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * A release of the chart in a namespace of an {@link ApiServer}, which warns of pods, and of
 * templates of pods, that are not restricted. Any warning fails the test. Hooks do not run, since
 * there are no controllers.
 */
final class InstalledRelease {

  private static final Gson JSON = new Gson();

  /** Restricted; without a controller to make the service account, which pods need. */
  private static final String CREATED =
      """
      {apiVersion: v1, kind: Namespace, metadata: {name: %1$s, labels: {
        pod-security.kubernetes.io/enforce: restricted, pod-security.kubernetes.io/warn: restricted}}}
      ---
      {apiVersion: v1, kind: ServiceAccount, metadata: {name: default, namespace: %1$s}}
      """;

  private final ApiServer server;
  private final String namespace;
  private final List<Path> values;

  /**
   * @param namespace one that {@link #createNamespace} made
   */
  InstalledRelease(ApiServer server, String namespace, Chart chart) {
    this.server = server;
    this.namespace = namespace;
    this.values = chart.values();
  }

  static void createNamespace(ApiServer server, String name) throws Exception {
    ApiServer.Result created =
        server.call(CREATED.formatted(name), "kubectl", List.of("create", "--filename=-"));
    assertThat(created.code()).as(created.output()).isZero();
  }

  /** Has the API server check each object, hooks too, without storing them. Unknown fields fail. */
  void dryRun() throws Exception {
    ApiServer.Result rendered = server.call("", "helm", command("template", List.of("--validate")));
    assertThat(rendered.code()).as(rendered.output()).isZero();
    ApiServer.Result created =
        server.call(
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

  void install() throws Exception {
    helm(command("install", List.of("--no-hooks")));
  }

  /** Upgrades to the same values and more. */
  void upgrade(Path... more) throws Exception {
    List<String> options = new ArrayList<>(List.of("--no-hooks"));
    Stream.of(more).forEach(file -> options.addAll(List.of("--values", file.toString())));
    helm(command("upgrade", options));
  }

  void rollback(int revision) throws Exception {
    helm(
        List.of(
            "rollback",
            Chart.RELEASE,
            Integer.toString(revision),
            "--namespace",
            namespace,
            "--no-hooks"));
  }

  void uninstall() throws Exception {
    helm(List.of("uninstall", Chart.RELEASE, "--namespace", namespace, "--no-hooks"));
  }

  /** All objects but Helm's own, by kind and name. */
  Map<String, Manifest> objects() throws Exception {
    Map<String, Manifest> objects = new TreeMap<>();
    String kinds = server.namespacedKinds();
    String all = server.run("kubectl", "get", kinds, "--output=json", "--namespace", namespace);
    Object list = JSON.fromJson(all, Map.class);
    for (Map<String, Object> content : Manifest.maps(Manifest.at(list, "items"))) {
      Manifest manifest = new Manifest(content);
      String name = manifest.kind() + "/" + manifest.name();
      if (!name.equals("ServiceAccount/default")
          && !name.startsWith("Secret/sh.helm.release.v1.")) {
        objects.put(name, manifest);
      }
    }
    return objects;
  }

  /** The objects that differ in anything but Kubernetes' bookkeeping. */
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

  /** All of it, with its uid and its version. */
  private static Map<String, Object> written(Manifest manifest) {
    Map<String, Object> content = new TreeMap<>(manifest.content());
    Map<String, Object> metadata = new TreeMap<>(Manifest.map(content.get("metadata")));
    metadata.remove("managedFields");
    content.put("metadata", metadata);
    return content;
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
    assertNoWarning(server.run("helm", arguments.toArray(String[]::new)));
  }

  private static void assertNoWarning(String output) {
    assertThat(output.lines().filter(line -> line.toLowerCase(Locale.ROOT).contains("warn")))
        .as("warnings")
        .isEmpty();
  }
}
