package dev.platform.dev.postgres;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real PostgreSQL on a free loopback port, run by this process. Starting takes about a second,
 * and longer the first time on a machine, when its binaries are unpacked to the temporary
 * directory.
 */
public final class DevPostgres implements AutoCloseable {

  /** The user; a superuser. */
  public static final String USERNAME = "postgres";

  /** Any password is accepted; apps use this one. */
  public static final String PASSWORD = "postgres";

  /** The database that always exists. */
  public static final String DEFAULT_DATABASE = "postgres";

  private static final Logger log = LoggerFactory.getLogger(DevPostgres.class);

  private static final Duration START_WAIT = Duration.ofSeconds(60);

  private final EmbeddedPostgres server;

  private DevPostgres(EmbeddedPostgres server) {
    this.server = server;
  }

  /** Starts a server whose data is deleted when it is closed; else as with properties. */
  public static DevPostgres start() {
    return start(new DevPostgresProperties(true, null));
  }

  /**
   * Starts a server; blocks until it takes connections.
   *
   * @throws UncheckedIOException when it does not
   * @throws IllegalStateException when it does not, with what to change on this machine, if known
   */
  public static DevPostgres start(DevPostgresProperties properties) {
    try {
      Binaries.deleteIncomplete(Binaries.folder());
      DevPostgres postgres = new DevPostgres(start(properties.dataDirectory()));
      log.info("PostgreSQL for development is at {}", postgres.jdbcUrl(DEFAULT_DATABASE));
      return postgres;
    } catch (IOException e) {
      throw new UncheckedIOException("The development PostgreSQL did not start", e);
    }
  }

  private static EmbeddedPostgres start(@Nullable Path dataDirectory) throws IOException {
    if (!RootUser.isRefused()) {
      return builder(dataDirectory).start();
    }
    RootUser.checkMachine();
    if (!RootUser.wrapPrograms(Binaries.folder())) {
      unpack(dataDirectory);
      RootUser.wrapPrograms(Binaries.folder());
    }
    return builder(dataDirectory).start();
  }

  /** The library only unpacks when it starts, which root is refused. */
  private static void unpack(@Nullable Path dataDirectory) throws IOException {
    try (EmbeddedPostgres started = builder(dataDirectory).start()) {
      log.debug("{} started as root", started);
    } catch (IllegalStateException refused) {
      log.debug("PostgreSQL's programs are unpacked; they refuse root", refused);
    }
  }

  private static EmbeddedPostgres.Builder builder(@Nullable Path dataDirectory) {
    EmbeddedPostgres.Builder builder =
        EmbeddedPostgres.builder()
            .setPGStartupWait(START_WAIT)
            // A shutdown hook of its own would stop it while the app is still draining.
            .setRegisterShutdownHook(false)
            // The environment may name a locale that this machine does not have.
            .setLocaleConfig("locale", "C")
            .setServerConfig("listen_addresses", "127.0.0.1")
            .setServerConfig("shared_buffers", "16MB")
            .setServerConfig("max_connections", "100");
    if (dataDirectory == null) {
      return builder.setServerConfig("fsync", "off").setServerConfig("full_page_writes", "off");
    }
    File directory = dataDirectory.toAbsolutePath().toFile();
    return builder
        .setDataDirectory(directory)
        .setCleanDataDirectory(false)
        .setServerConfig("synchronous_commit", "on");
  }

  /** The loopback port that it listens on. */
  public int port() {
    return server.getPort();
  }

  /** The URL of a database, user name and password not included. */
  public String jdbcUrl(String database) {
    return "jdbc:postgresql://127.0.0.1:" + port() + "/" + database;
  }

  /**
   * Creates a database unless it exists.
   *
   * @param name a plain SQL identifier
   */
  public void createDatabase(String name) throws SQLException {
    try (Connection connection = server.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      String quoted = statement.enquoteLiteral(name);
      try (ResultSet known =
          statement.executeQuery("SELECT 1 FROM pg_database WHERE datname = " + quoted)) {
        if (known.next()) {
          return;
        }
      }
      statement.execute("CREATE DATABASE " + statement.enquoteIdentifier(name, true));
    }
  }

  /** Stops the server; a temporary data folder is deleted. */
  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      log.warn("the development PostgreSQL at port {} did not stop cleanly", port(), e);
    }
  }
}
