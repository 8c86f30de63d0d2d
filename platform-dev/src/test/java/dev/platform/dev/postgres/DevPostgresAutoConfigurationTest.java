package dev.platform.dev.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.platform.dev.FreePort;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.flyway.FlywayAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.JdbcClientAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.JdbcTemplateAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabaseType;

class DevPostgresAutoConfigurationTest {

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withConfiguration(
              AutoConfigurations.of(
                  DevPostgresAutoConfiguration.class,
                  DataSourceAutoConfiguration.class,
                  JdbcTemplateAutoConfiguration.class,
                  JdbcClientAutoConfiguration.class,
                  FlywayAutoConfiguration.class));

  @Test
  void givesAnAppWithoutAUrlARealMigratedPostgres() {
    AtomicInteger port = new AtomicInteger();
    runner.run(
        context -> {
          port.set(context.getBean(DevPostgres.class).port());
          assertThat(query(context, "SELECT version()")).startsWith("PostgreSQL");
          assertThat(query(context, "SELECT name FROM thing")).isEqualTo("first");
        });
    assertThat(FreePort.accepts(port.get())).isFalse();
  }

  @Test
  void twoAppsSideBySideEachHaveTheirOwn() {
    runner.run(
        one ->
            runner.run(
                two -> {
                  one.getBean(JdbcClient.class).sql("DELETE FROM thing").update();
                  assertThat(query(one, "SELECT count(*)::text FROM thing")).isEqualTo("0");
                  assertThat(query(two, "SELECT count(*)::text FROM thing")).isEqualTo("1");
                }));
  }

  @Test
  void keepsTheDataInAConfiguredFolder(@TempDir Path folder) {
    ApplicationContextRunner keeping =
        runner.withPropertyValues("platform.dev.postgres.data-directory=" + folder.resolve("data"));
    keeping.run(
        context ->
            context
                .getBean(JdbcClient.class)
                .sql("INSERT INTO thing (name) VALUES ('kept')")
                .update());
    keeping.run(
        context ->
            assertThat(query(context, "SELECT name FROM thing ORDER BY id DESC LIMIT 1"))
                .isEqualTo("kept"));
  }

  @Test
  void stopsAfterTheConnectionPool() {
    AtomicInteger port = new AtomicInteger();
    AtomicBoolean servedToTheEnd = new AtomicBoolean();
    runner
        .withBean(
            "aaaCreatedEarly",
            DisposableBean.class,
            () -> () -> servedToTheEnd.set(FreePort.accepts(port.get())))
        .run(context -> port.set(context.getBean(DevPostgres.class).port()));
    assertThat(servedToTheEnd).isTrue();
    assertThat(FreePort.accepts(port.get())).isFalse();
  }

  @Test
  void ignoresAnAppWithAUrl() {
    try (DevPostgres own = DevPostgres.start(new DevPostgresProperties(true, null))) {
      runner
          .withPropertyValues(
              "spring.datasource.url=" + own.jdbcUrl("postgres"),
              "spring.datasource.username=postgres",
              "spring.datasource.password=postgres")
          .run(
              context -> {
                assertThat(context).doesNotHaveBean(DevPostgres.class);
                assertThat(context.getBean(HikariDataSource.class).getJdbcUrl())
                    .isEqualTo(own.jdbcUrl("postgres"));
              });
    }
  }

  @Test
  void startsNothingIfDisabledOrWithoutJdbc() {
    new ApplicationContextRunner()
        .withConfiguration(AutoConfigurations.of(DevPostgresAutoConfiguration.class))
        .withPropertyValues("platform.dev.postgres.enabled=false")
        .run(context -> assertThat(context).doesNotHaveBean(DevPostgres.class));
    new ApplicationContextRunner()
        .withConfiguration(AutoConfigurations.of(DevPostgresAutoConfiguration.class))
        .withClassLoader(new FilteredClassLoader(EmbeddedDatabaseType.class))
        .run(context -> assertThat(context).doesNotHaveBean(DevPostgres.class));
  }

  private static String query(ApplicationContext context, String sql) {
    return context.getBean(JdbcClient.class).sql(sql).query(String.class).single();
  }
}
