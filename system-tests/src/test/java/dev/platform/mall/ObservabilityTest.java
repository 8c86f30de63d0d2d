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
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

/** Prometheus and the Collector accept the files in {@code observability/}. */
class ObservabilityTest {

  /** How each selector of a rule begins: the chart replaces it by its namespace and release. */
  private static final String SCOPE = "{namespace=~\".*\", release=~\".*\"";

  private static final String CHOSEN = "{namespace=~\"$namespace\", release=~\"$release\"";

  private static final List<String> INSTALLATIONS =
      List.of(
          "namespace=\\\"shop\\\", release=\\\"mall\\\"",
          "namespace=\\\"shop\\\", release=\\\"canary\\\"",
          "namespace=\\\"staging\\\", release=\\\"mall\\\"");

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
  void everyAlertIsTestedWhereItFiresWhereItMustNotAndWithSeveralInstallations() {
    JsonNode tests = Dashboards.yaml(Dashboards.RULES.resolveSibling("rules-test.yml"));
    Set<String> fires = new TreeSet<>();
    Set<String> stays = new TreeSet<>();
    Set<String> separate = new TreeSet<>();
    for (JsonNode test : tests.path("tests")) {
      boolean several =
          INSTALLATIONS.stream()
              .allMatch(each -> test.path("input_series").toString().contains(each));
      for (JsonNode expected : test.path("alert_rule_test")) {
        String alert = expected.path("alertname").asText();
        JsonNode alerts = expected.path("exp_alerts");
        (alerts.isEmpty() ? stays : fires).add(alert);
        if (several && alerts.size() == 1 && alerts.at("/0/exp_labels").has("release")) {
          separate.add(alert);
        }
      }
    }
    Set<String> all = new TreeSet<>();
    for (JsonNode name : Dashboards.yaml(Dashboards.RULES).findValues("alert")) {
      all.add(name.asText());
    }

    assertThat(all).hasSizeGreaterThan(10);
    assertThat(fires).isEqualTo(all);
    assertThat(stays).isEqualTo(all);
    assertThat(separate).isEqualTo(all);
  }

  @Test
  void namespaceAndReleaseAreInEveryRuleAndPanel() {
    Dashboards.expressionsOfRules()
        .forEach(
            (rule, expression) -> {
              assertThat(selectors(expression)).as(rule).isEqualTo(countOf(expression, SCOPE));
              assertTellsInstallationsApart(rule, expression);
            });
    Dashboards.expressionsOfPanels()
        .forEach(
            (panel, expression) -> {
              assertThat(selectors(expression)).as(panel).isEqualTo(countOf(expression, CHOSEN));
              assertTellsInstallationsApart(panel, expression);
            });
    Dashboards.legendsOfPanels()
        .forEach(
            (panel, legend) -> assertThat(legend).as(panel).endsWith("{{namespace}} {{release}}"));
  }

  private static void assertTellsInstallationsApart(String where, String expression) {
    assertThat(Dashboards.metrics(expression))
        .as("%s: metrics without a selector", where)
        .allSatisfy(metric -> assertThat(expression).contains(metric + "{"));
    assertThat(Dashboards.groupings(expression))
        .as(where)
        .allSatisfy(labels -> assertThat(labels).contains("namespace", "release"));
  }

  private static int selectors(String expression) {
    assertThat(Dashboards.selectors(expression)).as(expression).isNotEmpty();
    return Dashboards.selectors(expression).size();
  }

  private static int countOf(String expression, String text) {
    return expression.split(Pattern.quote(text), -1).length - 1;
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
                            .replaceAll("\\$(namespace|release|job|instance|method)", ".*"))));
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
