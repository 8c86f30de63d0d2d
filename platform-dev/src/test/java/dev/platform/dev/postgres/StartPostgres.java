package dev.platform.dev.postgres;

import java.nio.file.Path;

/** A program that starts PostgreSQL in the given folder, prints its version, and stops it. */
final class StartPostgres {

  private StartPostgres() {}

  public static void main(String[] arguments) throws Exception {
    DevPostgresProperties properties =
        new DevPostgresProperties(true, Path.of(arguments[0]).resolve("data"));
    try (DevPostgres postgres = DevPostgres.start(properties)) {
      postgres.createDatabase("mall");
      System.out.println("started at " + postgres.port());
    }
  }
}
