package dev.platform.mall;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** The mall's apps: their registered services and how tests start them. */
enum App {
  ORDER("order-service", "notification-service"),
  INVENTORY("inventory-service", "product-service", "recommendation-service"),
  PAYMENT("payment-service", "bank-gateway");

  private final List<String> services;

  App(String... services) {
    this.services = List.of(services);
  }

  /** The app's name in folders, databases and logs. */
  String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The registered service names. */
  List<String> services() {
    return services;
  }

  /** The packaged app, for Spring Boot 3.5. */
  Path jar() {
    return jar(Line.BOOT3);
  }

  /** The packaged app; only payment-app supports both lines. */
  Path jar(Line line) {
    return built(folder().resolve(line.folder()), id() + "-app" + line.suffix() + ".jar");
  }

  /** The class path of {@code mvn spring-boot:run}, development services included. */
  String developmentClassPath() {
    try {
      return folder().resolve("target/classes")
          + System.getProperty("path.separator")
          + Files.readString(built(folder(), "development-class-path.txt")).trim();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The app's configuration and other resources, as in its sources. */
  Path resources() {
    return folder().resolve("src/main/resources");
  }

  String mainClass() {
    String id = id();
    return "dev.platform."
        + id
        + "."
        + id.substring(0, 1).toUpperCase(Locale.ROOT)
        + id.substring(1)
        + "Application";
  }

  private static Path built(Path module, String file) {
    Path path = module.resolve("target").resolve(file);
    if (!Files.isRegularFile(path)) {
      throw new IllegalStateException(path + " is missing (expected: mvn -Psystem was used)");
    }
    return path;
  }

  private Path folder() {
    return Path.of("..").resolve(id() + "-app").toAbsolutePath().normalize();
  }
}
