package dev.platform.starter.test.collapse;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** All cells as a table of text. */
final class CellTable {

  private CellTable() {}

  static String of(String name, double capacity, CheckTimes times, List<CollapseCell> cells) {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%s: capacity %.1f/s, good within %s; good again after%n",
            name,
            capacity,
            CellText.seconds(times.deadline())));
    List<List<String>> rows = rows(cells);
    int first = rows.stream().mapToInt(row -> row.get(0).length()).max().orElse(0);
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder("  ").append(pad(row.get(0), first));
      row.stream().skip(1).forEach(value -> line.append("  ").append(pad(value, 14)));
      text.append(line.toString().stripTrailing()).append(System.lineSeparator());
    }
    return text.toString();
  }

  private static List<List<String>> rows(List<CollapseCell> cells) {
    Map<String, List<String>> rows = new LinkedHashMap<>();
    List<String> header = new ArrayList<>(List.of("trigger \\ load"));
    for (CollapseCell cell : cells) {
      rows.computeIfAbsent(cell.trigger(), trigger -> new ArrayList<>(List.of(trigger)))
          .add(CellText.brief(cell));
      String load = CellText.percent(cell.load());
      if (!header.contains(load)) {
        header.add(load);
      }
    }
    List<List<String>> all = new ArrayList<>(List.of(header));
    all.addAll(rows.values());
    return all;
  }

  private static String pad(String value, int width) {
    return value + " ".repeat(Math.max(0, width - value.length()));
  }
}
