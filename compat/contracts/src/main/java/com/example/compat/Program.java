package com.example.compat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** An application in a process of its own, with the class path of the test. */
public final class Program implements AutoCloseable {

  private final Process process;

  private Program(Process process) {
    this.process = process;
  }

  /**
   * Starts a main class, with the properties of the platform that this process has.
   *
   * @param before a directory that comes first on the class path, or an empty text
   * @param jvm options of the JVM
   * @param arguments arguments of the program
   */
  public static Program start(
      Class<?> main, String before, List<String> jvm, List<String> arguments) throws IOException {
    String tests =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:TieredStopAtLevel=1");
    System.getProperties().stringPropertyNames().stream()
        .filter(name -> name.startsWith("platform."))
        .forEach(name -> command.add("-D" + name + "=" + System.getProperty(name)));
    command.addAll(jvm);
    command.add("-cp");
    command.add(before.isEmpty() ? tests : before + System.getProperty("path.separator") + tests);
    command.add(main.getName());
    command.addAll(arguments);
    return new Program(new ProcessBuilder(command).inheritIO().start());
  }

  /** Ends it at once, as a crash does. */
  public void kill() {
    process.destroyForcibly().onExit().join();
  }

  /** Ends it, and waits for its end. */
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(3, TimeUnit.MINUTES)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
