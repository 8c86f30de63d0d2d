package dev.platform.mall;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

/** Prometheus and the Collector accept the files in {@code observability/}. */
class ObservabilityTest {

  @TempDir private Path folder;

  @Test
  void alertsFireOnlyWhenExpected() throws Exception {
    assertThat(promtool("check", "rules", Dashboards.RULES.toString())).contains("SUCCESS");

    assertThat(promtool("test", "rules", "../observability/prometheus/rules-test.yml"))
        .contains("SUCCESS");
  }

  @Test
  void everyAlertIsTestedAndHasItsAnnotations() {
    String tests = Dashboards.yaml(Dashboards.RULES.resolveSibling("rules-test.yml")).toString();
    for (JsonNode group : Dashboards.yaml(Dashboards.RULES).path("groups")) {
      for (JsonNode rule : group.path("rules")) {
        if (rule.has("alert")) {
          assertThat(tests).contains("\"alertname\":" + rule.path("alert"));
          assertThat(rule.at("/annotations/summary").asText()).isNotBlank();
          assertThat(rule.at("/annotations/where").asText()).isNotBlank();
        }
      }
    }
  }

  @Test
  void everyPanelHasValidPromQl() throws Exception {
    List<Map<String, String>> rules = new ArrayList<>();
    Dashboards.expressionsOfPanels()
        .forEach(
            (panel, expression) ->
                rules.add(
                    Map.of(
                        "record",
                        "panel:" + rules.size(),
                        "expr",
                        expression
                            .replace("$__rate_interval", "5m")
                            .replaceAll("\\$(job|instance|method)", ".*"))));
    assertThat(rules).hasSizeGreaterThan(30);
    Path file = folder.resolve("panels.yml");
    Map<String, ?> group = Map.of("name", "panels", "rules", rules);
    Files.writeString(file, new Yaml().dump(Map.of("groups", List.of(group))));

    assertThat(promtool("check", "rules", file.toString())).contains("SUCCESS");
  }

  @Test
  void theCollectorsPipelinesUseDefinedComponents() {
    JsonNode collector = Dashboards.yaml(Dashboards.FOLDER.resolve("collector.yaml"));
    JsonNode service = collector.path("service");

    assertThat(service.path("pipelines").fieldNames())
        .toIterable()
        .containsExactlyInAnyOrder("traces", "metrics");
    for (JsonNode pipeline : service.path("pipelines")) {
      for (String kind : List.of("receivers", "processors", "exporters")) {
        assertDefined(collector.path(kind), pipeline.path(kind));
      }
      assertThat(pipeline.at("/processors/0").asText()).isEqualTo("memory_limiter");
    }
    assertDefined(collector.path("extensions"), service.path("extensions"));
  }

  private static void assertDefined(JsonNode defined, JsonNode used) {
    assertThat(used).isNotEmpty();
    for (JsonNode name : used) {
      assertThat(defined.has(name.asText())).as(name.asText()).isTrue();
    }
  }

  private String promtool(String... arguments) throws IOException, InterruptedException {
    Programs.require("promtool", "prometheus");
    List<String> command = new ArrayList<>(List.of("promtool"));
    command.addAll(Arrays.asList(arguments));
    Path output = folder.resolve("promtool.txt");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    String said = Files.readString(output, StandardCharsets.UTF_8);
    assertThat(process.exitValue()).as(said).isZero();
    return said;
  }
}
