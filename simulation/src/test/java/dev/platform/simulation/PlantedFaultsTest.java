package dev.platform.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.core.planted.PlantedClasses;
import dev.platform.core.planted.PlantedFault;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Whether the checker finds faults that are planted: a few of them each time, {@code
 * -Dplatform.simulation.planted=all} for all, which also writes the table of {@code
 * docs/guarantees.md}, or a part of a name.
 */
class PlantedFaultsTest {

  private static final Path HERE = Path.of(System.getProperty("basedir", "."));
  private static final Path SOURCES =
      HERE.resolve("../platform-core/src/main/java/dev/platform/core");
  private static final Path GUARANTEES = HERE.resolve("../docs/guarantees.md");
  private static final String BEGIN = "<!-- planted faults: written by PlantedFaultsTest -->";
  private static final String END = "<!-- end of planted faults -->";
  private static final String HEAD =
      "| planted fault | found by | stories until then |\n|---|---|---|\n";
  private static final long LONGEST = TimeUnit.MINUTES.toNanos(3);
  private static final long FIRST_SEED = 1;

  /** Stories. */
  private static final int QUICK = 30;

  /** What was found. */
  private record Found(String promise, int stories, String what) {}

  @Test
  void eachIsFound() throws Exception {
    String wanted = System.getProperty("platform.simulation.planted", "2");
    StringBuilder table = new StringBuilder(HEAD);
    List<String> missed = new ArrayList<>();
    for (PlantedFault fault : chosen(wanted)) {
      Found result = find(fault);
      if (result == null) {
        missed.add(fault.name());
        table.append("| %s | – | – |%n".formatted(fault.name()));
        System.out.printf("[simulation] not found: %s%n", fault.name());
      } else {
        table.append("| %s | %s | %d |%n".formatted(fault.name(), result.promise, result.stories));
        System.out.printf(
            Locale.ROOT,
            "[simulation] found after %d stories: %s: %s%n",
            result.stories,
            fault.name(),
            result.what);
      }
    }

    if (wanted.equals("all")) {
      write(table);
    }
    assertThat(missed).as("planted, and not found").isEmpty();
  }

  @Test
  void aFailureIsToldAsAShortStory() throws Exception {
    PlantedFault fault = PlantedFault.all().get(0);
    Story story = Story.of(FIRST_SEED);

    String told = (String) call(planted(fault), "tell", FIRST_SEED);

    assertThat(told).startsWith("R1 ").contains("seed " + FIRST_SEED, "What happened last:");
    assertThat(told.lines().filter(line -> line.startsWith("  at ")).count())
        .isLessThan(story.faults().size());
  }

  @Test
  void theTableHasEach() throws Exception {
    assertThat(PlantedFault.all().stream().map(PlantedFault::name).toList())
        .hasSizeGreaterThanOrEqualTo(20)
        .doesNotHaveDuplicates()
        .allSatisfy(name -> assertThat(table()).contains("| " + name + " |"));
  }

  @Test
  void eachTextIsThereOnce() throws Exception {
    for (PlantedFault fault : PlantedFault.all()) {
      assertThat(fault.plant(SOURCES)).as(fault.name()).isNotEmpty();
    }
  }

  /** Some are found soon, by the table: a build must not take minutes. */
  private static boolean isQuick(String table, PlantedFault fault) {
    Matcher row =
        Pattern.compile(Pattern.quote("| " + fault.name() + " |") + " \\w+ \\| (\\d+) \\|")
            .matcher(table);
    return row.find() && Integer.parseInt(row.group(1)) <= QUICK;
  }

  private static List<PlantedFault> chosen(String wanted) throws Exception {
    List<PlantedFault> all = new ArrayList<>(PlantedFault.all());
    if (wanted.equals("all")) {
      return all;
    }
    if (!wanted.chars().allMatch(Character::isDigit)) {
      return all.stream().filter(fault -> fault.name().contains(wanted)).toList();
    }
    String table = table();
    all.removeIf(fault -> !isQuick(table, fault));
    Collections.shuffle(all, new Random(RandomGenerator.getDefault().nextLong()));
    return all.subList(0, Integer.parseInt(wanted));
  }

  private static @Nullable Found find(PlantedFault fault) throws Exception {
    Object result = call(planted(fault), "find", FIRST_SEED, LONGEST);
    return result instanceof String[] texts
        ? new Found(texts[0], Integer.parseInt(texts[1]), texts[2])
        : null;
  }

  /** With classes of its own of the platform, of this simulation and of gRPC. */
  private static PlantedClasses planted(PlantedFault fault) throws Exception {
    return PlantedClasses.with(fault, SOURCES, "dev.platform.", "io.grpc.", "io.etcd.");
  }

  /** Calls a method of {@link Search} in there. */
  private static @Nullable Object call(PlantedClasses classes, String method, Object... arguments)
      throws Exception {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(classes);
    try {
      Class<?>[] types = new Class<?>[arguments.length];
      Arrays.fill(types, long.class);
      return classes
          .loadClass(Search.class.getName())
          .getMethod(method, types)
          .invoke(null, arguments);
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  private static String table() throws Exception {
    try (Stream<String> lines = Files.lines(GUARANTEES)) {
      return String.join("\n", lines.dropWhile(line -> !line.equals(BEGIN)).toList());
    }
  }

  private static void write(StringBuilder table) throws Exception {
    String page = Files.readString(GUARANTEES);
    int begin = page.indexOf(BEGIN) + BEGIN.length();
    Files.writeString(
        GUARANTEES,
        page.substring(0, begin) + "\n\n" + table + "\n" + page.substring(page.indexOf(END)));
  }
}
