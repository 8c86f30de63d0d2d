package dev.platform.interop.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A history as lines of text: first the facts, each with its name, then the moments, each with its
 * time. Looks at etcd that found nothing new are left out.
 */
final class HistoryFile {

  private static final String ETCD = "etcd";
  private static final String LIST = "list";
  private static final String REMOVED = "removed";
  private static final String KILLED = "killed";
  private static final String LEFT = "left";

  private HistoryFile() {}

  static void write(Path file, History history) throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add("version " + history.version());
    lines.add("lease-seconds " + history.leaseTtl().toSeconds());
    lines.add("live " + addresses(history.live()));
    lines.add("expected " + addresses(history.expected()));
    lines.add("ready " + history.ready());
    lines.add("trouble-ends " + history.troubleEnds());
    lines.add("watcher-calm " + history.watcherCalm());
    lines.add("end " + history.end());
    Set<String> stored = Set.of();
    for (Moment moment : history.moments()) {
      if (moment instanceof Moment.Stored now) {
        if (now.addresses().equals(stored)) {
          continue;
        }
        stored = now.addresses();
      }
      lines.add(String.format(Locale.ROOT, "%.3f %s", moment.at(), what(moment)));
    }
    Files.write(file, lines);
  }

  static History read(Path file) throws IOException {
    Map<String, String> facts = new HashMap<>();
    List<Moment> moments = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      String[] words = line.split(" ", 2);
      if (Character.isDigit(line.charAt(0))) {
        moments.add(moment(Double.parseDouble(words[0]), words[1]));
      } else {
        facts.put(words[0], words[1]);
      }
    }
    return new History(
        fact(facts, "version"),
        Duration.ofSeconds(Long.parseLong(fact(facts, "lease-seconds"))),
        addresses(fact(facts, "live")),
        addresses(fact(facts, "expected")),
        Double.parseDouble(fact(facts, "ready")),
        Double.parseDouble(fact(facts, "trouble-ends")),
        Double.parseDouble(fact(facts, "watcher-calm")),
        Double.parseDouble(fact(facts, "end")),
        moments);
  }

  private static String what(Moment moment) {
    if (moment instanceof Moment.Stored stored) {
      return ETCD + " " + addresses(stored.addresses());
    }
    if (moment instanceof Moment.Listed listed) {
      return LIST + " " + addresses(listed.addresses());
    }
    if (moment instanceof Moment.Removed removed) {
      return REMOVED + " " + removed.address();
    }
    if (moment instanceof Moment.Killed killed) {
      return KILLED + " " + killed.address();
    }
    return LEFT + " " + ((Moment.Left) moment).address();
  }

  private static Moment moment(double at, String what) {
    String[] words = what.split(" ", 2);
    return switch (words[0]) {
      case ETCD -> new Moment.Stored(at, addresses(words[1]));
      case LIST -> new Moment.Listed(at, addresses(words[1]));
      case REMOVED -> new Moment.Removed(at, words[1]);
      case KILLED -> new Moment.Killed(at, words[1]);
      case LEFT -> new Moment.Left(at, words[1]);
      default -> throw new IllegalArgumentException("moment: " + what);
    };
  }

  private static String fact(Map<String, String> facts, String name) {
    String value = facts.get(name);
    if (value == null) {
      throw new IllegalArgumentException("history: no " + name);
    }
    return value;
  }

  private static String addresses(Set<String> addresses) {
    return String.join(" ", new TreeSet<>(addresses));
  }

  private static Set<String> addresses(String text) {
    return text.isBlank() ? Set.of() : Set.of(text.split(" "));
  }
}
