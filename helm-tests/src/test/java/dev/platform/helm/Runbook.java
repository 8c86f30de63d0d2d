package dev.platform.helm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The commands of a section of the docs, as they stand there. */
final class Runbook {

  private static final Path DOCS = Path.of("..", "docs");
  private static final String FENCE = "```";

  private Runbook() {}

  /** The code blocks below a heading of docs/kubernetes.md, in their order. */
  static List<String> of(String heading) throws IOException {
    return of("kubernetes.md", heading);
  }

  /** The code blocks below a heading of a document, in their order. */
  static List<String> of(String document, String heading) throws IOException {
    List<String> blocks = new ArrayList<>();
    StringBuilder block = null;
    boolean here = false;
    for (String line : Files.readAllLines(DOCS.resolve(document))) {
      if (block == null && line.startsWith("#")) {
        here = line.replaceFirst("^#+ ", "").equals(heading);
      } else if (here && line.startsWith(FENCE) && block == null) {
        block = new StringBuilder();
      } else if (here && line.startsWith(FENCE)) {
        blocks.add(block.toString());
        block = null;
      } else if (block != null) {
        block.append(line).append('\n');
      }
    }
    if (blocks.isEmpty()) {
      throw new AssertionError(document + ": no commands below the heading " + heading);
    }
    return blocks;
  }
}
