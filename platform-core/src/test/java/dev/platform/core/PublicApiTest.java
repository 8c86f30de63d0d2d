package dev.platform.core;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The public API changes only on purpose. */
class PublicApiTest {

  private static final Path HERE = Path.of(System.getProperty("basedir", "."));
  private static final Path AGREED = HERE.resolve("src/test/resources/public-api.txt");
  private static final Path FOUND = HERE.resolve("target/public-api.txt");

  @Test
  void matchesTheRecordedApi() throws IOException {
    List<String> found = new ArrayList<>();
    new ClassFileImporter()
        .importPath(HERE.resolve("target/classes")).stream()
            .filter(PublicApiTest::isPublic)
            .sorted((one, other) -> one.getName().compareTo(other.getName()))
            .forEach(type -> found.addAll(lines(type)));
    Files.write(FOUND, found);

    assertThat(found)
        .as("if the change is intended, copy %s to %s", FOUND, AGREED)
        .isEqualTo(Files.readAllLines(AGREED));
  }

  private static boolean isPublic(JavaClass type) {
    return type.getModifiers().contains(JavaModifier.PUBLIC)
        && type.getEnclosingClass().map(PublicApiTest::isPublic).orElse(true);
  }

  private static List<String> lines(JavaClass type) {
    Set<String> members = new TreeSet<>();
    for (JavaField field : type.getFields()) {
      if (isVisible(field.getModifiers())) {
        members.add("  " + field.getName() + ": " + field.getRawType().getSimpleName());
      }
    }
    for (JavaCodeUnit unit : type.getCodeUnits()) {
      if (isVisible(unit.getModifiers())) {
        members.add(
            "  %s%s: %s"
                .formatted(
                    unit.getName(),
                    unit.getRawParameterTypes().stream()
                        .map(JavaClass::getSimpleName)
                        .collect(Collectors.joining(", ", "(", ")")),
                    unit.getRawReturnType().getSimpleName()));
      }
    }
    List<String> lines = new ArrayList<>();
    lines.add(type.getName());
    lines.addAll(members);
    return lines;
  }

  private static boolean isVisible(Set<JavaModifier> modifiers) {
    return !modifiers.contains(JavaModifier.SYNTHETIC)
        && (modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED));
  }
}
