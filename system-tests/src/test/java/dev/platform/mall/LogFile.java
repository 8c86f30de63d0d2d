package dev.platform.mall;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The log of a running process. */
record LogFile(Path path) {

  private static final int TAIL_LINES = 40;

  String text() {
    try {
      return Files.readString(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  boolean contains(String text) {
    return text().contains(text);
  }

  /** The first group of a pattern's first match. */
  Optional<String> first(Pattern pattern) {
    Matcher matcher = pattern.matcher(text());
    return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
  }

  /** The lines of stack traces. */
  List<String> stackFrames() {
    return text().lines().filter(line -> line.matches("\\s+at .+\\(.*\\).*")).toList();
  }

  /** The end of the log. */
  String tail() {
    List<String> lines = text().lines().toList();
    return String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
  }
}
