package dev.platform.interop.peers;

import dev.platform.interop.peers.Moment.Killed;
import dev.platform.interop.peers.Moment.Left;
import dev.platform.interop.peers.Moment.Removed;
import dev.platform.interop.peers.Verdict.Broken;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Compares a history with the promises. All bounds get {@link #ALLOWANCE} more: for a machine that
 * is busy, and for the time between two looks at etcd.
 */
final class Judge {

  /** Seconds. */
  static final double ALLOWANCE = 2;

  private static final double REGISTERED_AGAIN = 5;
  private static final double KILLED_GONE = 13;
  private static final double PUT_BACK = 1;
  private static final double CALM = 20;
  private static final double KNOWN = 1;
  private static final double VANISHED_GONE = 65;

  private final History history;
  private final Steps stored;
  private final Steps listed;
  private final List<Broken> broken = new ArrayList<>();

  private Judge(History history) {
    this.history = history;
    this.stored = history.stored();
    this.listed = history.listed();
  }

  static Verdict judge(History history) {
    return new Judge(history).judge();
  }

  private Verdict judge() {
    registeredAgain();
    leftInOrder();
    killed();
    putBack();
    newcomersAreListed();
    departedAreDropped();
    vanishedAreDropped();
    neverEmpty();
    return new Verdict(broken, rightAfter());
  }

  private void registeredAgain() {
    double bound = history.leaseTtl().toSeconds() + REGISTERED_AGAIN;
    worst(
            history.live().stream()
                .mapToDouble(address -> after(history.troubleEnds(), has(address))))
        .ifLate(bound, Promise.R1, "not registered again", "registered again after %s");
  }

  private void leftInOrder() {
    worst(
            history.all(Left.class).stream()
                .mapToDouble(left -> after(left.at(), lacks(left.address()))))
        .ifLate(0, Promise.R2, "key stays after leaving", "key gone %s after leaving");
  }

  private void killed() {
    worst(
            history.all(Killed.class).stream()
                .mapToDouble(killed -> after(killed.at(), lacks(killed.address()))))
        .ifLate(KILLED_GONE, Promise.R4, "key stays after the kill", "key gone %s after the kill");
  }

  private void putBack() {
    worst(
            history.all(Removed.class).stream()
                .mapToDouble(removed -> after(removed.at(), has(removed.address()))))
        .ifLate(PUT_BACK, Promise.R6, "key not put back", "key back after %s");
  }

  private void newcomersAreListed() {
    Set<String> missing = new TreeSet<>();
    for (Span span : spans()) {
      for (String address : stored.at(span.from())) {
        double since =
            Math.max(
                stored.since(span.from(), has(address)), listed.since(span.from(), lacks(address)));
        if (span.to() - Math.max(since, judgedFrom() - KNOWN) > KNOWN + ALLOWANCE) {
          missing.add(address);
        }
      }
    }
    if (!missing.isEmpty()) {
      broken.add(new Broken(Promise.D3, "list lacks " + instances(missing.size())));
    }
  }

  private void departedAreDropped() {
    worst(history.all(Left.class).stream().mapToDouble(this::dropped))
        .ifLate(KNOWN, Promise.D4, "departed one stays listed", "departed one listed for %s");
  }

  /** How many seconds after it has departed, or the watcher was calm, the list is without it. */
  private double dropped(Left left) {
    double gone = Math.min(left.at(), stored.forGood(lacks(left.address())));
    double from = Math.max(gone, judgedFrom() - KNOWN);
    return Math.max(0, listed.forGood(lacks(left.address())) - from);
  }

  private void vanishedAreDropped() {
    Set<String> stale = new TreeSet<>();
    for (Span span : spans()) {
      for (String address : listed.at(span.from())) {
        double since = stored.since(span.from(), lacks(address));
        double from = Math.max(since, history.ready());
        if (span.to() > judgedFrom() && span.to() - from > VANISHED_GONE + ALLOWANCE) {
          stale.add(address);
        }
      }
    }
    if (!stale.isEmpty()) {
      broken.add(new Broken(Promise.D5, "lists " + instances(stale.size()) + " long gone"));
    }
  }

  private void neverEmpty() {
    double empty =
        spans().stream()
            .filter(span -> listed.at(span.from()).isEmpty())
            .mapToDouble(span -> span.to() - span.from())
            .sum();
    if (empty > 0) {
      broken.add(new Broken(Promise.D6, "list empty for " + seconds(empty)));
    }
  }

  private double rightAfter() {
    Set<String> expected = history.expected();
    double right = Math.max(stored.forGood(known(expected)), listed.forGood(known(expected)));
    return Math.max(0, right - history.troubleEnds());
  }

  /** Whether all are there and nobody else, newcomers of the end apart. */
  private Predicate<Set<String>> known(Set<String> expected) {
    Set<String> newcomers = new TreeSet<>();
    history.all(Left.class).stream()
        .filter(left -> left.at() > history.troubleEnds())
        .forEach(left -> newcomers.add(left.address()));
    return addresses -> {
      Set<String> others = new TreeSet<>(addresses);
      others.removeAll(newcomers);
      return others.equals(expected);
    };
  }

  /** From when on a bound that asks for a calm watcher counts. */
  private double judgedFrom() {
    return Math.max(history.ready(), history.watcherCalm() + CALM);
  }

  /** All times from when it was ready to the end, within which nothing new was seen. */
  private List<Span> spans() {
    List<Double> times =
        Stream.of(List.of(history.ready(), history.end()), stored.times(), listed.times())
            .flatMap(List::stream)
            .filter(time -> time >= history.ready())
            .sorted()
            .toList();
    return IntStream.range(1, times.size())
        .mapToObj(i -> new Span(times.get(i - 1), times.get(i)))
        .toList();
  }

  private double after(double time, Predicate<Set<String>> condition) {
    return Math.max(0, stored.forGood(condition) - time);
  }

  private Worst worst(DoubleStream seconds) {
    return new Worst(seconds.max().orElse(0));
  }

  private static Predicate<Set<String>> has(String address) {
    return addresses -> addresses.contains(address);
  }

  private static Predicate<Set<String>> lacks(String address) {
    return addresses -> !addresses.contains(address);
  }

  private static String instances(int number) {
    return number == 1 ? "1 instance" : number + " instances";
  }

  static String seconds(double seconds) {
    return String.format(
        Locale.ROOT,
        seconds > 0 && seconds < 0.1 ? "%.2f s" : seconds < 10 ? "%.1f s" : "%.0f s",
        seconds);
  }

  private record Span(double from, double to) {}

  private final class Worst {

    private final double seconds;

    Worst(double seconds) {
      this.seconds = seconds;
    }

    void ifLate(double bound, Promise promise, String never, String late) {
      if (seconds > bound + ALLOWANCE) {
        boolean atLast = Double.isFinite(seconds);
        broken.add(new Broken(promise, atLast ? late.formatted(seconds(seconds)) : never));
      }
    }
  }
}
