package dev.platform.spring.line;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StarterCheckTest {

  private static final StarterLine OLD = new StarterLine("platform-starter", "3.5");
  private static final StarterLine NEW = new StarterLine("platform-starter-boot4", "4.1");

  @ParameterizedTest
  @CsvSource({"3.5.0", "3.5.16", "3.6.0-M1"})
  void startsOnItsOwnLine(String springBoot) {
    assertThatCode(() -> StarterCheck.check(List.of(OLD), springBoot)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource({"4.1.0", "4.2.0-SNAPSHOT"})
  void startsOnTheNewLine(String springBoot) {
    assertThatCode(() -> StarterCheck.check(List.of(NEW), springBoot)).doesNotThrowAnyException();
  }

  @Test
  void namesTheStarterOfTheNewLine() {
    assertThatThrownBy(() -> StarterCheck.check(List.of(OLD), "4.1.2"))
        .hasMessage(
            "platform-starter is for Spring Boot 3.5, and Spring Boot 4.1.2 is on the class path."
                + " Depend on platform-starter-boot4 instead.");
  }

  @Test
  void namesTheStarterOfTheOldLine() {
    assertThatThrownBy(() -> StarterCheck.check(List.of(NEW), "3.5.16"))
        .hasMessageEndingWith("Depend on platform-starter instead.");
  }

  @Test
  void namesTheVersionIfNoStarterFits() {
    assertThatThrownBy(() -> StarterCheck.check(List.of(NEW), "4.0.3"))
        .hasMessageEndingWith("Use Spring Boot 4.1.");
  }

  @Test
  void recommendsTheMatchingOneOfBothStarters() {
    assertThatThrownBy(() -> StarterCheck.check(List.of(OLD, NEW), "4.1.2"))
        .hasMessage(
            "platform-starter and platform-starter-boot4 are both on the class path."
                + " Keep platform-starter-boot4 alone, for Spring Boot 4.1.2.");
  }
}
