package dev.platform.core.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ReadmeTest {

  private static final Path HERE = Path.of(System.getProperty("basedir", "."));

  @Test
  void showsTheProgramThatIsCompiledHere() throws IOException {
    String program =
        Files.readString(
            HERE.resolve("src/test/java/dev/platform/core/example/RecommendationServer.java"));
    String shown =
        program
            .lines()
            .filter(line -> !line.startsWith("package ") && !line.startsWith("/**"))
            .filter(line -> !line.contains("private RecommendationServer"))
            .map(String::strip)
            .filter(line -> !line.isEmpty())
            .collect(Collectors.joining("\n"));
    String readme =
        Files.readString(HERE.resolve("../README.md"))
            .lines()
            .map(String::strip)
            .filter(line -> !line.isEmpty())
            .collect(Collectors.joining("\n"));
    assertThat(readme).contains(shown);
  }
}
