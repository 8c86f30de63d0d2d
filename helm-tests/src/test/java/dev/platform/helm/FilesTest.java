package dev.platform.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonParser;
import com.marcnuri.helm.LintResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

/** The chart's files: lint, versions, copied files and the schema of values. */
class FilesTest {

  private static final Path OBSERVABILITY = Path.of("..", "observability");
  private static final Pattern ROW = Pattern.compile("^\\| `([^`]+)` \\| (.*?) \\| .+ \\|$");

  /** How each selector of the rules begins. */
  private static final String ANY_RELEASE = "namespace=~\".*\", release=~\".*\"";

  @TempDir private Path copy;

  @Test
  void lintReportsNothing() {
    LintResult result = Chart.tryOut().lint();

    assertThat(result.isFailed()).isFalse();
    assertThat(result.getMessages()).allMatch(message -> message.contains("icon is recommended"));
  }

  @Test
  void theChartHasTheProjectsVersion() throws Exception {
    Matcher version =
        Pattern.compile("<version>([^<]+)</version>\\s*<packaging>pom</packaging>")
            .matcher(Files.readString(Path.of("..", "pom.xml")));
    assertThat(version.find()).isTrue();

    assertThat(Chart.yaml(Chart.FOLDER.resolve("Chart.yaml")))
        .containsEntry("version", version.group(1))
        .containsEntry("appVersion", version.group(1));
  }

  @Test
  void filesAreCopiesOfThoseOutsideOfTheChart() throws Exception {
    Map<String, Path> sources = new TreeMap<>();
    sources.put("security-rules.yml", Path.of("..", "security-rules.yml"));
    sources.put("rules.yml", OBSERVABILITY.resolve("prometheus/rules.yml"));
    sources.put("collector.yaml", OBSERVABILITY.resolve("collector.yaml"));
    try (Stream<Path> dashboards = Files.list(OBSERVABILITY.resolve("grafana"))) {
      dashboards.forEach(file -> sources.put("grafana/" + file.getFileName(), file));
    }
    for (Map.Entry<String, Path> source : sources.entrySet()) {
      assertThat(Chart.FOLDER.resolve("files").resolve(source.getKey()))
          .as("copy %s to helm/files/%s", source.getValue(), source.getKey())
          .hasSameTextualContentAs(source.getValue());
    }
    try (Stream<Path> copies = Files.list(Chart.FOLDER.resolve("files/grafana"))) {
      assertThat(copies.map(file -> "grafana/" + file.getFileName()))
          .allMatch(sources::containsKey);
    }

    Manifests manifests = Chart.of("ha").render();
    String rules = Files.readString(sources.get("rules.yml"));
    Map<String, Object> ofTheRelease =
        new Yaml().load(rules.replace(ANY_RELEASE, "namespace=\"shop\", release=\"mall\""));
    assertThat(manifests.get("PrometheusRule", "mall").at("spec")).isEqualTo(ofTheRelease);
    Map<String, Object> collector =
        new Yaml().load(manifests.get("ConfigMap", "mall-collector").text("data", "config.yaml"));
    assertThat(collector).isEqualTo(Chart.yaml(sources.get("collector.yaml")));
    for (String path : sources.keySet()) {
      if (path.endsWith(".json")) {
        String file = path.replace("grafana/", "");
        Manifest map = manifests.get("ConfigMap", "mall-dashboard-" + file.replace(".json", ""));
        assertThat(JsonParser.parseString(map.text("data", file)))
            .isEqualTo(JsonParser.parseString(Files.readString(sources.get(path))));
      }
    }
  }

  @Test
  void theJobLabelOfAMetricIsTheService() {
    Manifests manifests = Variants.chart("monitoring").render();

    for (Manifest monitor : manifests.ofKind("ServiceMonitor")) {
      String label = monitor.text("spec", "jobLabel");
      Object job = Manifest.at(monitor.at("spec", "selector", "matchLabels"), label);
      assertThat(monitor.name()).isEqualTo("mall-" + job);
    }
  }

  @Test
  void aScrapeAddsTheReleaseAndKeepsTheMetricsLabels() {
    for (Manifest monitor : Variants.chart("monitoring").render().ofKind("ServiceMonitor")) {
      List<Map<String, Object>> relabelings =
          Manifest.maps(Manifest.maps(monitor.at("spec", "endpoints")).get(0).get("relabelings"));

      assertThat(relabelings)
          .contains(
              Map.of(
                  "sourceLabels",
                  List.of("__meta_kubernetes_service_label_app_kubernetes_io_instance"),
                  "targetLabel",
                  "release"),
              // The operator's label would rename `service`, the called service, in metrics.
              Map.of("action", "labeldrop", "regex", "service"));
    }
  }

  @Test
  void helmTestPlacesAnOrderAtTheEdge() throws Exception {
    Manifest pod = Chart.tryOut().withoutHooks(copy).render().get("Pod", "mall-test-order");

    assertThat(pod.container().get("env").toString())
        .contains("value=http://mall-order-app:8080")
        .contains("{\"items\":[{\"productId\":\"p-1\",\"quantity\":1}]}");
  }

  @Test
  void everyValueIsDocumentedWithItsDefault() throws Exception {
    Map<String, String> explained = new TreeMap<>();
    for (String line : Files.readAllLines(Path.of("..", "docs", "kubernetes.md"))) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        explained.put(row.group(1), row.group(2).replace("`", ""));
      }
    }
    Map<String, String> values = new TreeMap<>();
    Map<String, Object> own = Chart.ownValues();
    Manifest.map(own.get("services"))
        .forEach((name, service) -> values.putAll(flat("services." + name, service)));
    own.forEach(
        (key, value) -> {
          if (!key.equals("services")) {
            values.putAll(flat(key, value));
          }
        });

    assertThat(explained).containsExactlyInAnyOrderEntriesOf(values);
  }

  @Test
  void theSchemaListsExactlyTheExistingValues() throws Exception {
    Map<String, Object> schema =
        new Yaml().load(Files.readString(Chart.FOLDER.resolve("values.schema.json")));
    assertThat(Manifest.map(schema.get("properties")).keySet())
        .containsAll(Chart.ownValues().keySet());
    assertClosed(schema);
  }

  /** A schema that lists properties allows no others. */
  private static void assertClosed(Object schema) {
    if (schema instanceof Map<?, ?> map) {
      if (map.get("properties") instanceof Map<?, ?> && "object".equals(map.get("type"))) {
        assertThat(map.get("additionalProperties")).as("%s", map.keySet()).isEqualTo(false);
      }
      map.values().forEach(FilesTest::assertClosed);
    }
  }

  private static Map<String, String> flat(String at, Object value) {
    Map<String, String> flat = new TreeMap<>();
    if (value instanceof Map<?, ?> map && !map.isEmpty() && !isPassedOn(at)) {
      map.forEach((key, below) -> flat.putAll(flat(at + "." + key, below)));
    } else {
      flat.put(at, text(value));
    }
    return flat;
  }

  /** Objects that the chart passes on unchanged. */
  private static boolean isPassedOn(String at) {
    return at.endsWith("resources.requests")
        || at.endsWith("resources.limits")
        || at.endsWith("behavior")
        || at.endsWith("labels")
        || at.equals("tests.order");
  }

  private static String text(Object value) {
    if (value instanceof String text && text.isEmpty()) {
      return "none";
    }
    if (value instanceof Map<?, ?> map && map.isEmpty()
        || value instanceof List<?> list && list.isEmpty()) {
      return "none";
    }
    return new GsonBuilder().disableHtmlEscaping().create().toJson(value).replace("\"", "");
  }
}
