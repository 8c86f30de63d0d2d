package dev.platform.mall;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * An image's layers in a folder, run as in a container: its entry point, environment, working
 * directory and user, with this machine's Java in place of the base image's. Only a temporary
 * folder is writable if these tests run as root; otherwise the current user owns all files.
 */
final class UnpackedImage implements AutoCloseable {

  /** The container's memory limit, simulated for the JVM. */
  private static final String MEMORY = "512m";

  private final OciImage image;
  private final Path root;
  private final Path temporary;

  private UnpackedImage(OciImage image, Path root, Path temporary) {
    this.image = image;
    this.root = root;
    this.temporary = temporary;
  }

  /** Unpacks an app's image to a world-readable folder, unlike some checkouts. */
  static UnpackedImage of(App app, String folder) throws IOException {
    OciImage image = OciImage.of(app, folder);
    Path root = Files.createTempDirectory("mall-" + app.id() + "-");
    image.unpackLayers(root);
    Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path temporary = Files.createDirectory(root.resolve("tmp"));
    Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rwxrwxrwx"));
    return new UnpackedImage(image, root, temporary);
  }

  /** The image's own class path. */
  String classPath() {
    return image.configured("Env").stream()
        .filter(variable -> variable.startsWith("CLASSPATH="))
        .map(variable -> variable.substring("CLASSPATH=".length()))
        .collect(Collectors.joining());
  }

  /** The class path with one of the optional additions. */
  String classPathWith(String addition) {
    return classPath() + ":/app/" + addition + "/*";
  }

  /**
   * The entry point, for {@link Mall#start(App, Map, java.util.function.Function)}.
   *
   * @param classPath as in the container
   */
  List<String> command(String classPath) {
    List<String> entryPoint = image.configured("Entrypoint");
    List<String> command = new ArrayList<>();
    command.addAll(List.of("env", "--chdir=" + here("/app"), "CLASSPATH=" + here(classPath)));
    if (isRoot()) {
      command.addAll(List.of("setpriv", "--reuid=65532", "--regid=65532", "--clear-groups"));
    }
    command.addAll(Jvm.command(List.of(), entryPoint.stream().skip(1).map(this::here).toList()));
    return command;
  }

  /** Environment variables in place of a container's limits. */
  Map<String, String> environment() {
    return Map.of(
        "JAVA_TOOL_OPTIONS",
        "-XX:MaxRAM=" + MEMORY + " -Djava.io.tmpdir=" + temporary,
        "PLATFORM_DISCOVERY_SNAPSHOT_DIRECTORY",
        "");
  }

  /** Adds to {@link #environment()}. */
  Map<String, String> environment(Map<String, String> more) {
    Map<String, String> all = new HashMap<>(environment());
    all.putAll(more);
    return all;
  }

  /** Files that were changed or added after unpacking. */
  List<Path> written() throws IOException {
    try (Stream<Path> files = Files.walk(root.resolve("app"))) {
      return files.filter(Files::isRegularFile).filter(UnpackedImage::isNew).toList();
    }
  }

  /** Copies a file so that the app can read it. */
  Path readable(Path file) throws IOException {
    Path copy = temporary.resolve(file.getFileName());
    Files.write(copy, Files.readAllBytes(file));
    return copy;
  }

  @Override
  public void close() throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  static boolean isRoot() {
    return System.getProperty("user.name").equals("root");
  }

  private String here(String path) {
    return path.replace("/app", root + "/app");
  }

  private static boolean isNew(Path file) {
    try {
      return Files.getLastModifiedTime(file).toMillis() > 1000;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
