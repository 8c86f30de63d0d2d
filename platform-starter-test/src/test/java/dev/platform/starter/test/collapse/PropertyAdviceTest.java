package dev.platform.starter.test.collapse;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PropertyAdviceTest {

  private static final Duration DEADLINE = Duration.ofSeconds(2);

  @Test
  void theDefaultsAreThoseOfTheDocuments() throws Exception {
    List<String> documented = Files.readAllLines(Path.of("..", "docs", "properties.md"));

    PropertyAdvice.defaults().entrySet().stream()
        .filter(each -> each.getKey().startsWith("platform."))
        .forEach(
            each ->
                assertThat(documented)
                    .anyMatch(
                        line ->
                            line.startsWith(
                                "| `%s` | `%s` |".formatted(each.getKey(), each.getValue()))));
  }

  @ParameterizedTest
  @CsvSource({
    "platform.resilience.concurrency-limit.mode, OFF, true",
    "platform.resilience.concurrency-limit.mode, adaptive, false",
    "platform.resilience.retry.budget.ratio, 0.5, true",
    "platform.resilience.retry.budget.ratio, 0.1, false",
    "platform.resilience.retry.budget.ratio, none, false",
    "platform.resilience.retry.budget.tokens, 1000, true",
    "platform.resilience.circuit-breaker.enabled, false, true",
    "platform.deadline.refuse-below-usual, false, true",
    "platform.deadline.default-timeout, 0s, true",
    "platform.deadline.default-timeout, 500ms, false",
    "platform.grpc.server-executor.enabled, false, true",
    "spring.datasource.hikari.connection-timeout, 3000, false",
    "spring.datasource.hikari.connection-timeout, PT1M, true",
    "spring.datasource.hikari.connection-timeout, soon, false",
  })
  void judgesWhatLetsWorkRepeatOrPileUp(String name, String value, boolean suspect) {
    List<String> lines = PropertyAdvice.lines(Map.of("app", Map.of(name, value)), DEADLINE);

    int others = lines.indexOf("also in force:");
    assertThat(lines.subList(0, others))
        .filteredOn(line -> line.startsWith("  app: " + name + "=" + value + ": "))
        .hasSize(suspect ? 1 : 0);
  }

  @Test
  void saysNothingWithoutProperties() {
    assertThat(PropertyAdvice.lines(Map.of(), DEADLINE)).isEmpty();
  }
}
