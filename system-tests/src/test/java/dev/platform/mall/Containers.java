package dev.platform.mall;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Containers in a local container engine, with a read-only root, no capabilities, half a gigabyte
 * of memory and the host network.
 */
final class Containers implements AutoCloseable {

  /** Debian's crun rejects a machine with both cgroup versions; runc does not. */
  private static final List<List<String>> ENGINES =
      List.of(List.of("docker"), List.of("podman"), List.of("podman", "--runtime", "runc"));

  /** The tag of images that only tests need. */
  static final String TEST_TAG = ":test";

  private static final AtomicInteger names = new AtomicInteger();

  private final List<String> engine;
  private final List<String> started = new ArrayList<>();
  private final Set<String> loaded = new LinkedHashSet<>();

  private Containers(List<String> engine) {
    this.engine = engine;
  }

  /**
   * The first engine that can run a container.
   *
   * @param tar of an image with a Java
   * @param reasons why other engines can't run it
   */
  static Optional<Containers> with(String tar, List<String> reasons) {
    for (List<String> engine : ENGINES) {
      if (Programs.isThere(engine.get(0))) {
        Containers containers = new Containers(engine);
        try {
          String image = containers.load(tar);
          Programs.run(
              containers.command(
                  Map.of(), List.of("--rm", "--entrypoint", "java", image, "-version")));
          return Optional.of(containers);
        } catch (IOException e) {
          reasons.add(engine.get(0) + ": " + e.getMessage().strip().lines().toList());
        }
      }
    }
    return Optional.empty();
  }

  String name() {
    return String.join(" ", engine);
  }

  /** Loads an image and returns its name. */
  String load(String tar) throws IOException {
    String output = Programs.run(with(List.of("load", "--input", tar)));
    String last = output.strip().lines().reduce((first, second) -> second).orElseThrow();
    String image = last.replaceFirst("Loaded image(\\(s\\)|s)?( ID)?: ", "").strip();
    loaded.add(image);
    return image;
  }

  /** The command that runs an image until it ends or is stopped. */
  List<String> run(String image, Map<String, String> environment) {
    String name = "mall-test-" + ProcessHandle.current().pid() + "-" + names.incrementAndGet();
    started.add(name);
    return command(environment, List.of("--rm", "--name", name, image));
  }

  /** Stops running containers and removes images built for this test only. */
  @Override
  public void close() {
    started.forEach(name -> runQuietly(List.of("rm", "--force", name)));
    loaded.stream()
        .filter(image -> image.endsWith(TEST_TAG))
        .forEach(image -> runQuietly(List.of("rmi", "--force", image)));
  }

  private void runQuietly(List<String> what) {
    try {
      Programs.run(with(what));
    } catch (IOException e) {
      Report.line("%s", e.getMessage().strip());
    }
  }

  private List<String> command(Map<String, String> environment, List<String> what) {
    List<String> command =
        with(
            List.of(
                "run",
                "--read-only",
                "--cap-drop=ALL",
                "--security-opt=no-new-privileges",
                "--memory=512m",
                "--tmpfs=/tmp",
                "--network=host",
                // An unprivileged engine may not raise its own limits.
                "--ulimit=nofile=1024:1024",
                "--ulimit=nproc=1024:1024"));
    environment.forEach((key, value) -> command.add("--env=" + key + "=" + value));
    command.addAll(what);
    return command;
  }

  private List<String> with(List<String> arguments) {
    List<String> command = new ArrayList<>(engine);
    command.addAll(arguments);
    return command;
  }
}
