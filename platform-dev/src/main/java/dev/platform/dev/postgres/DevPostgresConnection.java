package dev.platform.dev.postgres;

import org.springframework.boot.autoconfigure.jdbc.JdbcConnectionDetails;

/** Connects the app's connection pool to its development PostgreSQL. */
record DevPostgresConnection(DevPostgres postgres) implements JdbcConnectionDetails {

  @Override
  public String getJdbcUrl() {
    return postgres.jdbcUrl(DevPostgres.DEFAULT_DATABASE);
  }

  @Override
  public String getUsername() {
    return DevPostgres.USERNAME;
  }

  @Override
  public String getPassword() {
    return DevPostgres.PASSWORD;
  }
}
