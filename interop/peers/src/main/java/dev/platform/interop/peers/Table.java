package dev.platform.interop.peers;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What all subjects made of the scripts, in Markdown. */
final class Table {

  /** Seconds by which another one must be faster, to be worth a word. */
  private static final double FASTER = 2;

  private final List<Subject> subjects;
  private final Map<Script, List<Verdict>> verdicts;

  /**
   * @param subjects ours first
   * @param verdicts of each script, in the order of the subjects
   */
  Table(List<Subject> subjects, Map<Script, List<Verdict>> verdicts) {
    this.subjects = subjects;
    this.verdicts = verdicts;
  }

  String markdown() {
    StringBuilder text = new StringBuilder("| script |");
    subjects.forEach(subject -> text.append(' ').append(subject.name()).append(" |"));
    text.append("\n|---|").append("---|".repeat(subjects.size())).append('\n');
    verdicts.forEach((script, row) -> text.append(row(script, row)));
    text.append("| kept | ")
        .append(
            IntStream.range(0, subjects.size())
                .mapToObj(this::kept)
                .collect(Collectors.joining(" | ")))
        .append(" |\n\n")
        .append(better());
    return text.toString();
  }

  private String row(Script script, List<Verdict> row) {
    return "| %s | %s |\n"
        .formatted(
            script.title(), row.stream().map(Table::cell).collect(Collectors.joining(" | ")));
  }

  private static String cell(Verdict verdict) {
    String right =
        Double.isFinite(verdict.rightAfter())
            ? "right after " + Judge.seconds(verdict.rightAfter())
            : "never right";
    if (verdict.isKept()) {
      return right;
    }
    return verdict.broken().stream()
            .map(broken -> "**%s** %s".formatted(broken.promise(), broken.seen()))
            .collect(Collectors.joining("; "))
        + "; "
        + right;
  }

  private String kept(int subject) {
    long kept = verdicts.values().stream().filter(row -> row.get(subject).isKept()).count();
    return kept + " of " + verdicts.size();
  }

  /** Where others do better than the first. */
  private String better() {
    List<String> better = new ArrayList<>();
    verdicts.forEach(
        (script, row) -> {
          String names =
              IntStream.range(1, subjects.size())
                  .filter(subject -> isBetter(row.get(subject), row.get(0)))
                  .mapToObj(subject -> subjects.get(subject).name())
                  .collect(Collectors.joining(", "));
          if (!names.isEmpty()) {
            better.add("%s (%s)".formatted(script.title(), names));
          }
        });
    return "Better than %s, or right %.0f s sooner with all promises kept: %s.\n"
        .formatted(
            subjects.get(0).name(),
            FASTER,
            better.isEmpty() ? "nobody" : String.join("; ", better));
  }

  private static boolean isBetter(Verdict other, Verdict ours) {
    return other.isKept() && (!ours.isKept() || other.rightAfter() + FASTER < ours.rightAfter());
  }
}
