package dev.platform.mall;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Command lines for the Java that runs these tests. */
final class Jvm {

  private Jvm() {}

  static List<String> command(List<String> options, List<String> what) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(what);
    return command;
  }
}
