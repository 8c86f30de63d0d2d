package dev.platform.spring.line;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Properties;

/**
 * A starter of the platform, as described by its {@value #FILE}.
 *
 * @param artifact the artifact id
 * @param springBoot the oldest supported version, such as 3.5; later ones of the same major version
 *     are supported, too
 */
public record StarterLine(String artifact, String springBoot) {

  private static final String FILE = "META-INF/platform/line.properties";

  private static final List<StarterLine> KNOWN =
      List.of(
          new StarterLine("platform-starter", "3.5"),
          new StarterLine("platform-starter-boot4", "4.1"));

  /** All starters on the class path; more than one is an error. */
  public static List<StarterLine> onClassPath(ClassLoader loader) {
    return files(loader).stream().map(StarterLine::read).distinct().toList();
  }

  /**
   * The annotation with which an application of the line on the class path declares its gRPC
   * clients, for texts: {@code @GrpcClient} for one.
   */
  public static String clientAnnotation(ClassLoader loader) {
    return files(loader).stream()
        .map(file -> String.valueOf(load(file).getProperty("client-annotation")))
        .findFirst()
        .orElse("a stub");
  }

  /** All existing starters. */
  static List<StarterLine> known() {
    return KNOWN;
  }

  boolean fits(String version) {
    return major(version) == major(springBoot) && minor(version) >= minor(springBoot);
  }

  private static int major(String version) {
    return number(version, 0);
  }

  private static int minor(String version) {
    return number(version, 1);
  }

  private static int number(String version, int position) {
    return Integer.parseInt(version.split("[.-]")[position]);
  }

  private static List<URL> files(ClassLoader loader) {
    try {
      return Collections.list(loader.getResources(FILE));
    } catch (IOException e) {
      throw new UncheckedIOException(FILE + " can't be read", e);
    }
  }

  private static StarterLine read(URL file) {
    Properties properties = load(file);
    return new StarterLine(
        Objects.requireNonNull(properties.getProperty("artifact")),
        Objects.requireNonNull(properties.getProperty("spring-boot")));
  }

  private static Properties load(URL file) {
    Properties properties = new Properties();
    try (InputStream content = file.openStream()) {
      properties.load(content);
    } catch (IOException e) {
      throw new UncheckedIOException(file + " can't be read", e);
    }
    return properties;
  }
}
