import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Trains a JVM on an app's start and adds the AOT cache to the image, if there is a JRE of the same build as the base image's, 25 or newer: {@code java build/image/AotCache.java target/image
 * order-app.jar dev.platform.order.OrderApplication <home of the JRE>}.
 *
 * <p>The training refreshes the context and ends; it needs no database, no etcd and no port.
 */
final class AotCache {

  /** The time that Jib gives to every file; the JVM checks it. */
  private static final FileTime TIME = FileTime.fromMillis(1000);

  private static final Map<String, String> ENVIRONMENT =
      Map.of(
          "SERVER_PORT", "0",
          "GRPC_SERVER_PORT", "0",
          "SPRING_FLYWAY_ENABLED", "false",
          "SPRING_DATASOURCE_URL", "jdbc:postgresql://127.0.0.1:1/none",
          "PLATFORM_DISCOVERY_SNAPSHOT_ENABLED", "false");

  private AotCache() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    Path image = Path.of(arguments[0]).toAbsolutePath();
    Path layer = Files.createDirectories(image.resolve("layers/aot"));
    String jre = arguments.length < 4 ? "" : arguments[3];
    if (jre.isEmpty()) {
      return;
    }
    Path app = image.resolve("aot/app");
    for (String part : List.of("dependencies", "snapshot-dependencies", "application")) {
      copy(image.resolve("layers").resolve(part), app);
    }
    train(Path.of(jre), app, arguments[1], arguments[2], layer.resolve("app.aot"));
    Files.writeString(
        image.resolve("layers/application/jvm.flags"),
        "AOTCache=/app/app.aot\n",
        StandardOpenOption.APPEND);
  }

  private static void train(Path jre, Path app, String jar, String mainClass, Path cache)
      throws IOException, InterruptedException {
    Path log = cache.resolveSibling("../../aot/training.log").normalize();
    ProcessBuilder training =
        new ProcessBuilder(
                jre.resolve("bin/java").toString(),
                "-XX:Flags=jvm.flags",
                "-XX:AOTCacheOutput=" + cache,
                "-Dspring.context.exit=onRefresh",
                mainClass)
            .directory(app.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    training.environment().putAll(ENVIRONMENT);
    training.environment().put("CLASSPATH", app.resolve(jar).toString());
    int code = training.start().waitFor();
    if (code != 0 || !Files.exists(cache)) {
      throw new IOException("no AOT cache, exit code " + code + "; see " + log);
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        Files.createDirectories(target.getParent());
        Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
        Files.setLastModifiedTime(target, TIME);
      }
    }
  }
}
