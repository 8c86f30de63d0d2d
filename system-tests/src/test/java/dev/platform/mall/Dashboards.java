package dev.platform.mall;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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

  private Dashboards() {}

  /** The PromQL expressions of all panels, by dashboard and panel. */
  static Map<String, String> expressionsOfPanels() {
    Map<String, String> expressions = new TreeMap<>();
    try (Stream<Path> files = Files.list(FOLDER.resolve("grafana"))) {
      for (Path file : files.sorted().toList()) {
        for (JsonNode panel : JSON.readTree(file.toFile()).path("panels")) {
          for (JsonNode target : panel.path("targets")) {
            expressions.put(
                "%s: %s (%s)"
                    .formatted(
                        file.getFileName(),
                        panel.path("title").asText(),
                        target.path("refId").asText()),
                target.path("expr").asText());
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return expressions;
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

  /** The metrics that an expression reads. */
  static Set<String> metrics(String expression) {
    Set<String> metrics = new TreeSet<>();
    Matcher matcher = METRIC.matcher(withoutLabels(expression));
    while (matcher.find()) {
      metrics.add(matcher.group());
    }
    return metrics;
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
