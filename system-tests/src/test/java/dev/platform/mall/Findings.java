package dev.platform.mall;

import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Pattern;

/**
 * The results of a fuzz test: the number of calls by outcome, and forbidden answers. Thread-safe.
 */
final class Findings {

  private static final int MAX_WRONG_ANSWERS = 50;

  /** Patterns of internal details; no request contains them. */
  private static final Pattern INSIDE =
      Pattern.compile(
          "(?i)exception|\\bat [\\w.$]+\\(|dev\\.platform|org\\.(spring|postgres|apache)|java\\.\\w"
              + "|psql|jdbc|hikari|constraint|duplicate key|\\b(select|insert|update|delete) \\w");

  private final Map<String, LongAdder> ends = new ConcurrentHashMap<>();
  private final Queue<String> wrong = new ConcurrentLinkedQueue<>();

  void ended(String method, String how) {
    ends.computeIfAbsent(method + " " + how, key -> new LongAdder()).increment();
  }

  /** Looks for internal details in an answer. */
  void checkTold(String text, String request) {
    if (INSIDE.matcher(text).find()) {
      wrong(request, "got internals in its answer: " + text);
    }
  }

  void wrong(String request, String what) {
    if (wrong.size() < MAX_WRONG_ANSWERS) {
      wrong.add(request + " " + what);
    }
  }

  /** The first wrong answers. */
  Queue<String> wrong() {
    return wrong;
  }

  /** The number of calls of a method with this outcome. */
  long count(String method, String how) {
    LongAdder count = ends.get(method + " " + how);
    return count == null ? 0 : count.sum();
  }

  /** All outcomes as text. */
  Map<String, LongAdder> ends() {
    return new TreeMap<>(ends);
  }
}
