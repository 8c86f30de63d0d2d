package dev.platform.books;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.core.planted.PlantedClasses;
import dev.platform.core.planted.PlantedFault;
import dev.platform.dev.postgres.DevPostgres;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.convert.DurationStyle;

/**
 * The mall's books after cuts. {@code -Dmall.books=all} runs all histories, else as many as there
 * is time for in each test; {@code -Dmall.books.scenario} only those of scenarios with this in
 * their name, {@code -Dmall.books.planted} likewise for faults.
 */
class BooksIT {

  private static final Path ROOT = Path.of(System.getProperty("basedir", ".")).resolve("..");
  private static final String TIME = System.getProperty("mall.books", "15s");
  private static final boolean ALL = TIME.equals("all");

  /** More than it takes. */
  private static final long FOR_ALL = TimeUnit.DAYS.toNanos(1);

  /** Two troubles in one history are too many for all of them. */
  private static final long TWO_TROUBLES = TimeUnit.MINUTES.toNanos(10);

  private static final long LONGEST_SEARCH = TimeUnit.MINUTES.toNanos(3);

  private static DevPostgres postgres;
  private static Databases databases;

  @BeforeAll
  static void start() throws SQLException {
    postgres = DevPostgres.start();
    for (String name : Databases.NAMES) {
      postgres.createDatabase(name);
    }
    Databases.migrate(postgres.jdbcUrl(""), ROOT);
    databases = new Databases(postgres.jdbcUrl(""));
  }

  @AfterAll
  static void stop() throws SQLException {
    databases.close();
    postgres.close();
  }

  @Test
  void agreeWhateverHappensAtAStepOfAnOrder() {
    search("one order, one trouble", Scenario.single(), Search.Limits.one(), FOR_ALL);
  }

  @Test
  void agreeWhenRecoveryIsTroubledToo() {
    search("one order, two troubles", Scenario.single(), Search.Limits.two(), TWO_TROUBLES);
  }

  @Test
  void agreeForPairsUnderSchedules() {
    search("pairs, no cut", Scenario.pairs(), Search.Limits.onlySwitches(), FOR_ALL);
  }

  @Test
  void agreeForPairsWithACutUnderSchedules() {
    search("pairs, one cut", Scenario.pairs(), Search.Limits.cutsUnderSchedules(), FOR_ALL);
  }

  @Test
  void aHistoryCanBeRepeated() {
    Scenario scenario = Scenario.pairs().get(0);

    List<Point> points = History.of(databases, scenario, Map.of()).points();

    assertThat(points).hasSizeGreaterThan(50);
    assertThat(History.of(databases, scenario, Map.of()).points()).isEqualTo(points);
  }

  @Test
  void plantedFaultsAreFound() throws Exception {
    String wanted = System.getProperty("mall.books.planted", "");
    long end = System.nanoTime() + (ALL ? FOR_ALL : time());
    List<String> missed = new ArrayList<>();
    for (PlantedFault fault : PlantedFault.all()) {
      long left = end - System.nanoTime();
      if (!fault.name().contains(wanted) || left < 0) {
        continue;
      }
      String[] found = find(fault, Math.min(left, LONGEST_SEARCH));
      if (found == null && System.nanoTime() - end < 0) {
        missed.add(fault.name());
      }
      System.out.printf(
          "[books] planted: %s: %s%n",
          fault.name(),
          found == null
              ? "not found"
              : "found after %s histories: %s"
                  .formatted(found[0], found[1].lines().limit(2).toList()));
    }
    assertThat(missed).as("planted, and not found").isEmpty();
  }

  @Test
  void eachPlantedTextIsThereOnce() throws Exception {
    assertThat(PlantedFault.all()).hasSizeGreaterThanOrEqualTo(8);
    for (PlantedFault fault : PlantedFault.all()) {
      assertThat(fault.plant(ROOT)).as(fault.name()).isNotEmpty();
    }
  }

  private static String @Nullable [] find(PlantedFault fault, long nanos) throws Exception {
    return (String[])
        PlantedClasses.with(fault, ROOT, "dev.platform.")
            .loadClass(FaultSearch.class.getName())
            .getMethod("find", String.class, String.class, Long.class)
            .invoke(null, postgres.jdbcUrl(""), fault.where(), nanos);
  }

  /**
   * @param longest how long to search for all histories
   */
  private static void search(
      String what, List<Scenario> scenarios, Search.Limits limits, long longest) {
    String wanted = System.getProperty("mall.books.scenario", "");
    List<Scenario> chosen =
        scenarios.stream().filter(each -> each.name().contains(wanted)).toList();
    int histories = 0;
    int cuts = 0;
    boolean complete = true;
    long begin = System.nanoTime();
    for (Scenario scenario : chosen) {
      long start = System.nanoTime();
      long end = start + (ALL ? longest : time()) / chosen.size();
      Search search = new Search(databases, scenario, limits).run(end);
      histories += search.histories();
      cuts += search.cuts();
      complete &= search.isComplete();
      print(
          what + ": " + scenario.name(),
          search.histories(),
          search.cuts(),
          search.isComplete(),
          start);
      assertThat(search.violation()).as(scenario.name()).isNull();
    }
    print(what, histories, cuts, complete, begin);
  }

  private static void print(String what, int histories, int cuts, boolean complete, long start) {
    System.out.printf(
        Locale.ROOT,
        "[books] %s: %d histories, %d of them with a cut, in %.1f s%s%n",
        what,
        histories,
        cuts,
        (System.nanoTime() - start) / 1e9,
        complete ? ", which is all" : ", there are more");
  }

  private static long time() {
    return DurationStyle.detectAndParse(TIME).toNanos();
  }
}
