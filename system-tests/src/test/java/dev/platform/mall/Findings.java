package dev.platform.mall;

import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Pattern;

/** What a fuzz test saw: how often each end came, and what should never have come. Thread-safe. */
final class Findings {

  private static final int MOST = 50;

  /** Signs of our inside, none of which any request has in it. */
  private static final Pattern INSIDE =
      Pattern.compile(
          "(?i)exception|\\bat [\\w.$]+\\(|dev\\.platform|org\\.(spring|postgres|apache)|java\\.\\w"
              + "|psql|jdbc|hikari|constraint|duplicate key|\\b(select|insert|update|delete) \\w");

  private final Map<String, LongAdder> ends = new ConcurrentHashMap<>();
  private final Queue<String> wrong = new ConcurrentLinkedQueue<>();

  void ended(String method, String how) {
    ends.computeIfAbsent(method + " " + how, key -> new LongAdder()).increment();
  }

  /** Looks for what is not for callers in something that one was told. */
  void checkTold(String text, String request) {
    if (INSIDE.matcher(text).find()) {
      wrong(request, "is told about our inside: " + text);
    }
  }

  void wrong(String request, String what) {
    if (wrong.size() < MOST) {
      wrong.add(request + " " + what);
    }
  }

  /** The first things that went wrong. */
  Queue<String> wrong() {
    return wrong;
  }

  /** How often a method ended so. */
  long count(String method, String how) {
    LongAdder count = ends.get(method + " " + how);
    return count == null ? 0 : count.sum();
  }

  /** All ends, for people to see. */
  Map<String, LongAdder> ends() {
    return new TreeMap<>(ends);
  }
}
