package dev.platform.spring.check;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LibraryVersionRuleTest {

  @Test
  void acceptsTheVersionOfThisBuild() {
    assertThat(new LibraryVersionRule().findings()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"2.2.0", "2.3.9", "1.7.1", "2.3.0-SNAPSHOT"})
  void reportsAnOlderVersionWithTheLineToAdd(String version) {
    assertThat(new LibraryVersionRule(version).findings())
        .singleElement()
        .asString()
        .startsWith("io.github.resilience4j:resilience4j-circuitbreaker: " + version)
        .contains("2.4 or later", "before Spring Cloud's BOM", "platform-bom</artifactId>");
  }

  @ParameterizedTest
  @ValueSource(strings = {"2.4.0", "2.10.0", "3.0.0", "unknown", "2.x", "2"})
  void acceptsLaterAndUnknownVersions(String version) {
    assertThat(new LibraryVersionRule(version).findings()).isEmpty();
  }
}
