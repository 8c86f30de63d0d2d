package dev.platform.core.interleaving;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.platform.core.planted.PlantedFault;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/**
 * Whether the interleavings find faults that are planted: {@code -Dplatform.concurrency.planted=3}
 * for so many of them, others each time, {@code all} for all, which also writes the table of {@code
 * planted-faults.md}, or a part of a name. Each takes a JVM of its own for some seconds, so a build
 * plants none.
 */
class PlantedFaultsTest {

  private static final Path HERE = Path.of(System.getProperty("basedir", "."));
  private static final Path SOURCES = HERE.resolve("../src/main/java/dev/platform/core");
  private static final Path TABLE = HERE.resolve("planted-faults.md");
  private static final String ITERATIONS = "3000";
  private static final long LONGEST_MINUTES = 10;

  private static final String HEAD =
      """
      # Planted faults

      Written by `PlantedFaultsTest` with `-Dplatform.concurrency.planted=all`. Each fault of
      `src/test/resources/planted-faults.txt` is planted into a copy of its class, and found by:

      | planted fault | test | finds it |
      |---|---|---|
      """;

  @Test
  void eachTextIsThereOnce() throws Exception {
    for (PlantedFault fault : PlantedFault.all()) {
      assertTrue(!fault.plant(SOURCES).isEmpty(), fault.name());
    }
  }

  @Test
  void theTableHasEach() throws Exception {
    String table = Files.readString(TABLE);
    for (PlantedFault fault : PlantedFault.all()) {
      assertTrue(table.contains("| " + fault.name() + " | "), fault.name());
    }
  }

  @Test
  void eachIsFound() throws Exception {
    String wanted = System.getProperty("platform.concurrency.planted", "0");
    StringBuilder table = new StringBuilder(HEAD);
    List<String> missed = new ArrayList<>();
    for (PlantedFault fault : chosen(wanted)) {
      Optional<String> finder = find(fault);
      System.out.printf("[concurrency] %s: %s%n", fault.name(), finder.orElse("not found"));
      String test = fault.where().substring(fault.where().indexOf('/') + 1);
      table.append("| %s | %s | %s |%n".formatted(fault.name(), test, finder.orElse("–")));
      if (finder.isEmpty()) {
        missed.add(fault.name());
      }
    }

    if (wanted.equals("all")) {
      Files.writeString(TABLE, table);
    }
    assertEquals(List.of(), missed, "planted, and not found");
  }

  private static List<PlantedFault> chosen(String wanted) {
    List<PlantedFault> all = new ArrayList<>(PlantedFault.all());
    if (wanted.equals("all")) {
      return all;
    }
    if (!wanted.chars().allMatch(Character::isDigit)) {
      return all.stream().filter(fault -> fault.name().contains(wanted)).toList();
    }
    Collections.shuffle(all, new Random(RandomGenerator.getDefault().nextLong()));
    return all.subList(0, Integer.parseInt(wanted));
  }

  /** The name of the test that fails; empty if none does. */
  private static Optional<String> find(PlantedFault fault) throws Exception {
    Path folder = Files.createTempDirectory("planted");
    try {
      compile(fault, folder);
      return run("dev.platform.core." + fault.where().replace('/', '.'), folder);
    } finally {
      delete(folder);
    }
  }

  private static void compile(PlantedFault fault, Path folder) throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "-proc:none",
                "-nowarn",
                "-classpath",
                classPath(),
                "-d",
                folder.resolve("classes").toString()));
    for (Map.Entry<String, String> each : fault.plant(SOURCES).entrySet()) {
      Path source = folder.resolve("sources").resolve(each.getKey() + ".java");
      Files.createDirectories(source.getParent());
      Files.writeString(source, each.getValue());
      arguments.add(source.toString());
    }
    int errors =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, arguments.toArray(String[]::new));
    assertEquals(0, errors, "errors in the copy of: " + fault.name());
  }

  private static Optional<String> run(String test, Path folder) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("-X") || argument.startsWith("-Dlincheck."))
        .forEach(command::add);
    command.addAll(
        List.of(
            "-Djdk.attach.allowAttachSelf=true",
            "-Dplatform.concurrency.iterations=" + ITERATIONS,
            "-classpath",
            folder.resolve("classes") + File.pathSeparator + classPath(),
            PlantedRun.class.getName(),
            test));
    Path output = folder.resolve("output.txt");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertTrue(process.waitFor(LONGEST_MINUTES, TimeUnit.MINUTES), "it does not end: " + test);
    } finally {
      process.destroyForcibly();
    }
    assertEquals(0, process.exitValue(), () -> read(output));
    return read(output)
        .lines()
        .filter(line -> line.startsWith(PlantedRun.FOUND))
        .map(line -> line.substring(PlantedRun.FOUND.length()))
        .findFirst();
  }

  private static String read(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static String classPath() {
    return System.getProperty(
        "surefire.test.class.path", System.getProperty("java.class.path", ""));
  }

  private static void delete(Path folder) throws IOException {
    List<Path> files;
    try (var all = Files.walk(folder)) {
      files = new ArrayList<>(all.toList());
    }
    Collections.reverse(files);
    for (Path file : files) {
      Files.delete(file);
    }
  }
}
