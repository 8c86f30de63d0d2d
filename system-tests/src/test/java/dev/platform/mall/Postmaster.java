package dev.platform.mall;

import dev.platform.dev.postgres.DevPostgres;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Finds a PostgreSQL's process, which outlives a killed parent. */
final class Postmaster {

  private Postmaster() {}

  /** The process that serves a URL on this machine. */
  static ProcessHandle at(String jdbcUrl) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection(jdbcUrl, DevPostgres.USERNAME, DevPostgres.PASSWORD);
        ResultSet backend = connection.createStatement().executeQuery("select pg_backend_pid()")) {
      backend.next();
      return ProcessHandle.of(backend.getLong(1)).flatMap(ProcessHandle::parent).orElseThrow();
    }
  }
}
