package dev.platform.core.authorization;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The rules that the calls seen so far need, and how they differ from those in force. Users and
 * roles are not learned. A snapshot; immutable.
 */
public final class LearnedRules {

  private static final String ANY = "any";

  private final Map<String, Set<String>> learned;
  private final Map<String, Set<String>> refused = new TreeMap<>();
  private final Map<String, Set<String>> unseen = new TreeMap<>();

  /**
   * @param calls what was seen
   * @param rules in force
   * @param served the methods of this process, {@code package.Service/Method}, which the rules of
   *     services stand for
   */
  public LearnedRules(LearnedCalls calls, AuthorizationRules rules, Collection<String> served) {
    this.learned = calls.callersByMethod();
    learned.forEach((method, callers) -> findRefused(method, callers, rules.of(method)));
    for (String method : new TreeSet<>(served)) {
      AuthorizationRule rule = rules.of(method);
      if (rule != null) {
        findUnseen(method, rule);
      }
    }
  }

  private void findRefused(String method, Set<String> callers, @Nullable AuthorizationRule rule) {
    Set<String> some = new TreeSet<>();
    for (String caller : callers) {
      if (rule == null || !rule.allowsCaller(caller)) {
        some.add(shown(caller));
      }
    }
    if (!some.isEmpty()) {
      refused.put(method, some);
    }
  }

  private void findUnseen(String method, AuthorizationRule rule) {
    Set<String> seen = learned.getOrDefault(method, Set.of());
    Set<String> some = new TreeSet<>(rule.callers());
    some.removeAll(seen);
    if (rule.anyCaller() && seen.isEmpty()) {
      some.add(ANY);
    }
    if (!some.isEmpty()) {
      unseen.put(method, some);
    }
  }

  /** The callers of each method; {@code any} where a caller had no proved workload. */
  public Map<String, Set<String>> learned() {
    Map<String, Set<String>> shown = new TreeMap<>();
    learned.forEach((method, callers) -> shown.put(method, shown(callers)));
    return shown;
  }

  /** Callers that were seen and that the rules refuse. */
  public Map<String, Set<String>> refused() {
    return new TreeMap<>(refused);
  }

  /** Callers that the rules allow and that were not seen. */
  public Map<String, Set<String>> unseen() {
    return new TreeMap<>(unseen);
  }

  /** As properties in YAML, to review and to commit; the differences are comments. */
  public String yaml() {
    List<String> lines = new ArrayList<>();
    lines.add(
        "# Learned from calls that ended with OK. Users and roles are not learned: add them.");
    lines.add("platform:");
    lines.add("  security:");
    lines.add("    authorization:");
    lines.add(learned.isEmpty() ? "      rules: {}" : "      rules:");
    learned.forEach((method, callers) -> lines.add(line(method, callers)));
    comment(lines, "Seen, and refused by the rules in force:", refused);
    comment(lines, "Allowed by the rules in force, and not seen:", unseen);
    return String.join("\n", lines) + "\n";
  }

  private static String line(String method, Set<String> callers) {
    boolean unproved = callers.contains(LearnedCalls.UNPROVED);
    Set<String> named = new TreeSet<>(callers);
    named.remove(LearnedCalls.UNPROVED);
    String rule = unproved ? ANY : list(named);
    String others = unproved && !named.isEmpty() ? ", also by " + String.join(", ", named) : "";
    return "        \"[%s]\": { callers: %s }%s"
        .formatted(method, rule, unproved ? "  # called without a proved workload" + others : "");
  }

  private static void comment(List<String> lines, String title, Map<String, Set<String>> pairs) {
    if (!pairs.isEmpty()) {
      lines.add("# " + title);
      pairs.forEach((method, callers) -> lines.add("#   " + method + ": " + list(callers)));
    }
  }

  private static String list(Set<String> names) {
    return "[" + String.join(", ", names) + "]";
  }

  private static Set<String> shown(Set<String> callers) {
    Set<String> shown = new TreeSet<>();
    callers.forEach(caller -> shown.add(shown(caller)));
    return shown;
  }

  private static String shown(String caller) {
    return caller.equals(LearnedCalls.UNPROVED) ? ANY : caller;
  }
}
