package dev.platform.books;

import dev.platform.books.Point.Phase;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Enumerates the histories of a scenario: each run shows its points, and each choice at a point
 * after the last decision is another history. So each is run once.
 */
final class Search {

  private static final long SEED = 1;

  /** With so much time, the order is that of a depth-first search, which needs little memory. */
  private static final long LONG = TimeUnit.HOURS.toNanos(1);

  private final Databases databases;
  private final Scenario scenario;
  private final Limits limits;
  private final List<List<Decision>> frontier = new ArrayList<>();
  private final Random random = new Random(SEED);
  private int histories;
  private int cuts;
  private @Nullable String violation;

  /**
   * What is chosen.
   *
   * @param troubles how many choices but switches in a history
   * @param switches how many switches between threads that could go on
   * @param phases where troubles happen
   * @param choices which
   */
  record Limits(int troubles, int switches, Set<Phase> phases, Set<Choice> choices) {

    private static final Set<Phase> BEFORE_THE_LAST = EnumSet.complementOf(EnumSet.of(Phase.LAST));
    private static final Set<Choice> CUTS = Set.of(Choice.CUT_BEFORE, Choice.CUT_AFTER);

    /** Each trouble at each step, all alone. */
    static Limits one() {
      return new Limits(1, 0, BEFORE_THE_LAST, Set.of(Choice.values()));
    }

    /** Two troubles. */
    static Limits two() {
      return new Limits(2, 0, BEFORE_THE_LAST, Set.of(Choice.values()));
    }

    /** Each schedule with at most two preemptions, without trouble. */
    static Limits onlySwitches() {
      return new Limits(0, 2, Set.of(), Set.of());
    }

    /** A cut at each step under each schedule with at most two preemptions. */
    static Limits cutsUnderSchedules() {
      return new Limits(1, 2, Set.of(Phase.REQUESTS), CUTS);
    }
  }

  Search(Databases databases, Scenario scenario, Limits limits) {
    this.databases = databases;
    this.scenario = scenario;
    this.limits = limits;
    frontier.add(List.of());
  }

  /** Runs all, or as many, chosen by chance, as there is time for; stops at a violation. */
  Search run(long endNanos) {
    boolean chance = endNanos - System.nanoTime() < LONG;
    while (!isComplete() && violation == null && System.nanoTime() - endNanos < 0) {
      runNext(chance ? random.nextInt(frontier.size()) : frontier.size() - 1);
    }
    return this;
  }

  /** Runs some, chosen by chance; stops at a violation. */
  Search some(int count) {
    for (int i = 0; i < count && !isComplete() && violation == null; i++) {
      runNext(random.nextInt(frontier.size()));
    }
    return this;
  }

  private void runNext(int next) {
    List<Decision> plan = frontier.get(next);
    frontier.set(next, frontier.get(frontier.size() - 1));
    frontier.remove(frontier.size() - 1);
    run(plan);
  }

  Scenario scenario() {
    return scenario;
  }

  /** How many histories were run. */
  int histories() {
    return histories;
  }

  /** How many of them had a cut. */
  int cuts() {
    return cuts;
  }

  /** Whether there were no others. */
  boolean isComplete() {
    return frontier.isEmpty();
  }

  /** The story of a history whose books are wrong; null if there was none. */
  @Nullable String violation() {
    return violation;
  }

  private void run(List<Decision> decisions) {
    Map<Integer, Decision> plan = new HashMap<>();
    decisions.forEach(decision -> plan.put(decision.at(), decision));
    History.Outcome outcome = History.of(databases, scenario, plan);
    histories++;
    if (decisions.stream().anyMatch(decision -> decision.choice().isCut())) {
      cuts++;
    }
    List<Point> points = outcome.points();
    if (!outcome.violations().isEmpty()) {
      violation = story(decisions, outcome);
      return;
    }
    int from = decisions.isEmpty() ? 0 : decisions.get(decisions.size() - 1).at() + 1;
    for (int at = from; at < points.size(); at++) {
      extend(decisions, at, points.get(at));
    }
  }

  private void extend(List<Decision> decisions, int at, Point point) {
    if (point.maySwitch() && maySwitch(decisions, point)) {
      push(decisions, new Decision(at, Choice.SWITCH, point.step()));
    }
    boolean mayFail =
        limits.phases.contains(point.phase())
            && decisions.stream().filter(each -> each.choice() != Choice.SWITCH).count()
                < limits.troubles;
    if (mayFail) {
      for (Choice choice : point.step().kind().choices()) {
        if (limits.choices.contains(choice)) {
          push(decisions, new Decision(at, choice, point.step()));
        }
      }
    }
  }

  /** Which thread begins is no preemption. */
  private boolean maySwitch(List<Decision> decisions, Point point) {
    if (point.step().kind() == Step.Kind.BEGIN) {
      return decisions.isEmpty() && !scenario.isSymmetric();
    }
    return decisions.stream()
            .filter(each -> each.choice() == Choice.SWITCH)
            .filter(each -> each.step().kind() != Step.Kind.BEGIN)
            .count()
        < limits.switches;
  }

  private void push(List<Decision> decisions, Decision next) {
    List<Decision> longer = new ArrayList<>(decisions);
    longer.add(next);
    frontier.add(longer);
  }

  private String story(List<Decision> decisions, History.Outcome outcome) {
    StringBuilder story = new StringBuilder(scenario.name()).append('\n');
    outcome.violations().forEach(each -> story.append("  ").append(each).append('\n'));
    outcome.told().forEach(each -> story.append("  ").append(each).append('\n'));
    story.append("What happened:\n");
    Map<Integer, Choice> chosen = new HashMap<>();
    decisions.forEach(decision -> chosen.put(decision.at(), decision.choice()));
    List<Point> points = outcome.points();
    for (int at = 0; at < points.size(); at++) {
      Point point = points.get(at);
      Choice choice = chosen.get(at);
      story.append(
          "  %3d %-9s %s%s%n"
              .formatted(at, point.phase(), point.step(), choice == null ? "" : "  <== " + choice));
    }
    return story.toString();
  }
}
