package com.example.price;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the README shows is what is built here. */
class ReadmeTest {

  private static final Path HERE = Path.of(System.getProperty("basedir", "."));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../proto/price.proto",
        "src/main/resources/application.yml",
        "src/main/java/com/example/price/PriceGrpcService.java",
        "src/main/java/com/example/price/Checkout.java"
      })
  void showsTheFile(String file) throws IOException {
    String section = HERE.toRealPath().endsWith("boot4") ? "## Spring Boot 4.1" : "## Spring Boot 3.5";
    String readme = Files.readString(HERE.resolve("../../README.md"));
    // The contract and the client are the same on both lines, and shown once.
    boolean common = file.endsWith(".proto") || file.endsWith("Checkout.java");
    String shown = common ? readme : readme.substring(readme.indexOf(section));
    assertThat(text(shown)).contains(text(Files.readString(HERE.resolve(file))));
  }

  /** Without blank lines, indentation and the package. */
  private static String text(String lines) {
    return lines
        .lines()
        .filter(line -> !line.startsWith("package com.example.price;"))
        .map(String::strip)
        .filter(line -> !line.isEmpty())
        .collect(Collectors.joining("\n"));
  }
}
