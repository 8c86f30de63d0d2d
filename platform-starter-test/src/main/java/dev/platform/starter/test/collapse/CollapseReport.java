package dev.platform.starter.test.collapse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a check has found. Immutable. */
public final class CollapseReport {

  private final String name;
  private final double capacity;
  private final CheckTimes times;
  private final List<CollapseCell> cells;
  private final Map<String, Map<String, String>> properties;

  CollapseReport(
      String name,
      double capacity,
      CheckTimes times,
      List<CollapseCell> cells,
      Map<String, Map<String, String>> properties) {
    this.name = name;
    this.capacity = capacity;
    this.times = times;
    this.cells = List.copyOf(cells);
    this.properties = new TreeMap<>(properties);
  }

  /** In requests a second. */
  public double capacity() {
    return capacity;
  }

  /** All cells, by trigger, then by load. */
  public List<CollapseCell> cells() {
    return cells;
  }

  /** The region in which the application is not stable: cells that did not recover. */
  public List<CollapseCell> unstable() {
    return cells.stream().filter(cell -> !cell.isStable()).toList();
  }

  /**
   * Passes if goodput returned in every cell.
   *
   * @throws AssertionError names the cells in which it did not, and the properties that let work
   *     repeat or pile up
   */
  public void assertStable() {
    if (unstable().isEmpty()) {
      return;
    }
    List<String> lines = new ArrayList<>();
    lines.add(
        "%s: goodput does not return in %d of %d cells (expected: in all), capacity %.1f/s"
            .formatted(name, unstable().size(), cells.size(), capacity));
    unstable().forEach(cell -> lines.add("  " + CellText.line(cell)));
    lines.addAll(PropertyAdvice.lines(properties, times.deadline()));
    throw new AssertionError(String.join(System.lineSeparator(), lines));
  }

  /** Rows are triggers, columns are loads, values are how long goodput took to return. */
  public String table() {
    return CellTable.of(name, capacity, times, cells);
  }

  /** A picture with the course of goodput in each cell; the unstable region is red. */
  public String svg() {
    return new CollapsePlot(name, capacity, times, cells).svg();
  }

  /** Writes {@link #svg()} to a file, whose folder is created. */
  public CollapseReport writePlot(Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    Files.writeString(file, svg());
    return this;
  }

  @Override
  public String toString() {
    return table();
  }
}
