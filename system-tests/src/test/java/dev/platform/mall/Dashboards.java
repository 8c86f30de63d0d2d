package dev.platform.mall;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.yaml.snakeyaml.Yaml;

/** The contents of {@code observability/}, for tests. */
final class Dashboards {

  static final Path FOLDER = Path.of("..", "observability");
  static final Path RULES = FOLDER.resolve(Path.of("prometheus", "rules.yml"));

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Names of our metrics and of the apps' libraries. */
  private static final Pattern METRIC =
      Pattern.compile(
          "\\b(?:platform|rpc|resilience4j|hikaricp|jvm|process|system|http|executor|logback)_\\w+\\b"
              + "(?=[{\\[ )]|$)");

  private static final Pattern SELECTOR = Pattern.compile("([a-zA-Z_:][\\w:]*)\\{([^}]*)}");
  private static final Pattern MATCHER = Pattern.compile("(\\w+)\\s*(?:=~|!~|!=|=)\\s*\"");
  private static final Pattern GROUPING =
      Pattern.compile("\\b(?:by|on|without|ignoring) \\(([^)]*)\\)");

  private Dashboards() {}

  /** A metric, and the labels that an expression selects it by. */
  record Selector(String metric, Set<String> labels) {}

  /** The PromQL expressions of all panels, by dashboard and panel. */
  static Map<String, String> expressionsOfPanels() {
    return ofPanels("expr");
  }

  /** The queries of all variables, by dashboard and variable. */
  static Map<String, String> variables() {
    Map<String, String> found = new TreeMap<>();
    forEach(
        (file, dashboard) ->
            dashboard
                .at("/templating/list")
                .forEach(
                    variable ->
                        found.put(
                            file + ": " + variable.path("name").asText(),
                            variable.at("/query/query").asText())));
    found.values().removeIf(String::isEmpty);
    return found;
  }

  private static Map<String, String> ofPanels(String field) {
    Map<String, String> found = new TreeMap<>();
    forEach(
        (file, dashboard) -> {
          for (JsonNode panel : dashboard.path("panels")) {
            for (JsonNode target : panel.path("targets")) {
              found.put(
                  "%s: %s (%s)"
                      .formatted(file, panel.path("title").asText(), target.path("refId").asText()),
                  target.path(field).asText());
            }
          }
        });
    return found;
  }

  private static void forEach(BiConsumer<String, JsonNode> action) {
    try (Stream<Path> files = Files.list(FOLDER.resolve("grafana"))) {
      for (Path file : files.sorted().toList()) {
        action.accept(file.getFileName().toString(), JSON.readTree(file.toFile()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The PromQL expressions of all rules, by the name of the record or alert. */
  static Map<String, String> expressionsOfRules() {
    Map<String, String> expressions = new TreeMap<>();
    for (JsonNode group : yaml(RULES).path("groups")) {
      for (JsonNode rule : group.path("rules")) {
        String name = rule.path("alert").asText(rule.path("record").asText());
        expressions.put("rules.yml: " + name, rule.path("expr").asText());
      }
    }
    return expressions;
  }

  /** The names of all recorded metrics. */
  static List<String> recordings() {
    return yaml(RULES).findValuesAsText("record");
  }

  /** The metrics that an expression reads. */
  static Set<String> metrics(String expression) {
    Set<String> metrics = new TreeSet<>();
    Matcher matcher = METRIC.matcher(withoutLabels(expression));
    while (matcher.find()) {
      metrics.add(matcher.group());
    }
    return metrics;
  }

  /** The selectors of an expression, of recorded metrics as well. */
  static List<Selector> selectors(String expression) {
    return SELECTOR
        .matcher(expression)
        .results()
        .map(
            found ->
                new Selector(
                    found.group(1),
                    MATCHER
                        .matcher(found.group(2))
                        .results()
                        .map(label -> label.group(1))
                        .collect(Collectors.toCollection(TreeSet::new))))
        .toList();
  }

  /** The labels of each {@code by (…)} and {@code on (…)} in an expression. */
  static List<Set<String>> groupings(String expression) {
    return GROUPING
        .matcher(expression)
        .results()
        .map(found -> (Set<String>) new TreeSet<>(List.of(found.group(1).split(", "))))
        .toList();
  }

  /** The legend of each panel's expression, by the same keys as the expressions. */
  static Map<String, String> legendsOfPanels() {
    return ofPanels("legendFormat");
  }

  static JsonNode yaml(Path file) {
    try (Reader reader = Files.newBufferedReader(file)) {
      Object content = new Yaml().load(reader);
      return JSON.valueToTree(content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Labels such as {@code rpc_method} may look like metrics. */
  private static String withoutLabels(String expression) {
    return expression
        .replaceAll("\\{[^}]*}", "{")
        .replaceAll("\\b(by|on|without|ignoring) \\([^)]*\\)", "");
  }
}
