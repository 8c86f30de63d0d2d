package dev.platform.spring.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.config.YamlPropertiesFactoryBean;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.ClassPathResource;
import org.springframework.util.ClassUtils;

/** Each row of the tables in docs/migration.md has a proof, in migration-proofs.txt. */
class MigrationTableTest {

  private static final Path ROOT = Path.of(System.getProperty("basedir", "."), "..");
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");
  private static final String BOOT = "org.springframework.boot";

  /**
   * One row of a table.
   *
   * @param key the heading and the first cell, as text
   */
  record Row(String key, List<String> cells) {

    @Override
    public String toString() {
      return key;
    }
  }

  @Test
  void eachRowHasAProofAndEachProofARow() throws IOException {
    assertThat(proofs().keySet())
        .containsExactlyInAnyOrderElementsOf(rows().stream().map(Row::key).toList());
  }

  @ParameterizedTest
  @MethodSource("rows")
  void eachProofHolds(Row row) throws IOException {
    for (String proof : proofs().getOrDefault(row.key(), List.of())) {
      String[] parts = proof.split(" ", 2);
      String what = parts.length == 1 ? "" : parts[1];
      switch (parts[0]) {
        case "test" -> isATest(what);
        case "finding" -> areFindings(old(row), row.cells().get(row.cells().size() > 2 ? 2 : 1));
        case "moved" -> haveMoved(row);
        case "class" -> assertThat(isPresent(what)).as(what).isTrue();
        case "no-class" -> assertThat(isPresent(what)).as(what).isFalse();
        case "jar" -> assertThat(jars()).contains(what);
        case "property" -> assertThat(metadata()).contains("\"name\": \"" + what + "\"");
        case "default" -> isADefault(what);
        case "text" ->
            assertThat(ROOT.resolve(what.split(" ")[0])).content().contains(what.split(" ")[1]);
        default -> assertThat(proof).as("a kind of proof").isNull();
      }
    }
  }

  @Test
  void propertiesOfSpanExportAreReported() {
    areFindings(
        "`management.tracing.opentelemetry.export.timeout`",
        "`management.opentelemetry.tracing.export.timeout`");
  }

  @Test
  void theServerDoesNotReloadCertificates() throws IOException {
    String boot =
        jars().stream()
            .filter(jar -> jar.startsWith("spring-boot-grpc-server-4"))
            .findFirst()
            .orElseThrow();
    Path jar =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .map(Path::of)
            .filter(path -> path.endsWith(boot))
            .findFirst()
            .orElseThrow();
    try (JarFile classes = new JarFile(jar.toFile())) {
      for (JarEntry entry : Collections.list(classes.entries())) {
        try (InputStream content = classes.getInputStream(entry)) {
          assertThat(new String(content.readAllBytes(), StandardCharsets.ISO_8859_1))
              .as(entry.getName())
              .doesNotContain("addBundleUpdateHandler");
        }
      }
    }
  }

  /** A heading without a table of its own has no rows. */
  static List<Row> rows() throws IOException {
    List<Row> rows = new ArrayList<>();
    String heading = "";
    boolean inTable = false;
    for (String line : Files.readAllLines(ROOT.resolve("docs/migration.md"))) {
      if (line.startsWith("#")) {
        heading = line.replace("#", "").strip();
      }
      boolean isRow = line.startsWith("|");
      if (isRow && inTable && !line.startsWith("|---")) {
        List<String> cells = Stream.of(line.substring(1).split("\\|")).map(String::strip).toList();
        rows.add(new Row(heading + ": " + cells.get(0).replace("`", ""), cells));
      }
      inTable = isRow;
    }
    return rows;
  }

  private static Map<String, List<String>> proofs() throws IOException {
    Map<String, List<String>> proofs = new LinkedHashMap<>();
    String text =
        new ClassPathResource("migration-proofs.txt").getContentAsString(StandardCharsets.UTF_8);
    for (String line : text.lines().toList()) {
      if (!line.isBlank() && !line.startsWith("#")) {
        String[] parts = line.split(" = ", 2);
        assertThat(proofs.put(parts[0], List.of(parts[1].split("; ")))).as(parts[0]).isNull();
      }
    }
    return proofs;
  }

  private static void isATest(String test) throws IOException {
    String[] names = test.split("#");
    Pattern method =
        Pattern.compile("@(Test|ParameterizedTest)\\b[\\s\\S]*? void " + names[1] + "\\(");
    try (Stream<Path> files = Files.walk(ROOT)) {
      List<String> sources =
          files
              .filter(file -> file.endsWith(names[0] + ".java"))
              .filter(file -> !file.toString().contains("target"))
              .map(MigrationTableTest::read)
              .toList();
      assertThat(sources).as(test).anyMatch(source -> method.matcher(source).find());
    }
  }

  private static String old(Row row) {
    return row.cells().get(row.cells().size() > 2 ? 1 : 0);
  }

  private static void areFindings(String before, String after) {
    List<String> here = properties(after);
    List<String> former = properties(before);
    assertThat(former).isNotEmpty();
    for (String property : former) {
      StandardEnvironment environment = new StandardEnvironment();
      environment
          .getPropertySources()
          .addFirst(new MapPropertySource("test", Map.of(property, "1")));
      List<Finding> findings = new OtherLineRule(environment).findings();
      assertThat(findings).as(property).hasSize(1);
      if (!here.isEmpty()) {
        assertThat(findings.get(0).expected().split(",")[0]).as(property).isIn(here);
      }
    }
  }

  /** All properties of a cell, where a name that begins with a dot or dash continues the first. */
  private static List<String> properties(String cell) {
    List<String> names = new ArrayList<>();
    String first = "";
    for (String code : codes(cell)) {
      String name = code.replaceFirst(": .*", "").replace("<name>", "shop");
      if (name.startsWith(".") || name.startsWith("-")) {
        char separator = name.charAt(0);
        name = first.substring(0, first.lastIndexOf(separator)) + name;
      } else if (!name.matches("(spring\\.)?grpc\\..*|management\\..*")) {
        continue;
      } else {
        first = name;
      }
      names.add(name.endsWith(".*") ? name.replace(".*", ".key-store") : name);
    }
    return names;
  }

  private static void haveMoved(Row row) {
    List<String> before = codes(row.cells().get(0));
    String first = before.get(0).replace("o.s.b", BOOT);
    String from = first.substring(0, first.lastIndexOf('.') + 1);
    String to = codes(row.cells().get(1)).get(0).replace("o.s.b", BOOT) + ".";
    for (String code : before) {
      String name = code.substring(code.lastIndexOf('.') + 1);
      assertThat(isPresent(from + name)).as(from + name).isFalse();
      assertThat(isPresent(to + name)).as(to + name).isTrue();
    }
  }

  private static void isADefault(String setting) {
    YamlPropertiesFactoryBean yaml = new YamlPropertiesFactoryBean();
    yaml.setResources(new ClassPathResource("platform-line-defaults.yml"));
    Properties defaults = yaml.getObject();
    String[] parts = setting.split("=", 2);
    assertThat(String.valueOf(defaults.get(parts[0]))).as(parts[0]).isEqualTo(parts[1]);
  }

  private static List<String> codes(String cell) {
    List<String> codes = new ArrayList<>();
    Matcher matcher = CODE.matcher(cell);
    while (matcher.find()) {
      codes.add(matcher.group(1));
    }
    return codes;
  }

  private static List<String> jars() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .map(entry -> String.valueOf(Path.of(entry).getFileName()))
        .toList();
  }

  private static String metadata() throws IOException {
    StringBuilder all = new StringBuilder();
    for (URL file :
        Collections.list(
            MigrationTableTest.class
                .getClassLoader()
                .getResources("META-INF/spring-configuration-metadata.json"))) {
      try (InputStream content = file.openStream()) {
        all.append(new String(content.readAllBytes(), StandardCharsets.UTF_8));
      }
    }
    return all.toString();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isPresent(String name) {
    return ClassUtils.isPresent(name, MigrationTableTest.class.getClassLoader());
  }
}
