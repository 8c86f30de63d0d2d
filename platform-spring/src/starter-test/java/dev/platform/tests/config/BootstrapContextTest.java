package dev.platform.tests.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.spring.check.ChangedPropertiesAutoConfiguration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cloud.autoconfigure.RefreshAutoConfiguration;
import org.springframework.cloud.context.refresh.ContextRefresher;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** Spring Cloud's bootstrap context, and its refresh of the environment. */
@ExtendWith(OutputCaptureExtension.class)
class BootstrapContextTest {

  private static final String TIMEOUT = "platform.deadline.default-timeout";

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({"false, false", "false, true", "true, false", "true, true"})
  void theDefaultsStay(boolean bootstrap, boolean ownDefaults) throws IOException {
    Map<String, Object> own = ownDefaults ? Map.of("platform.drain.delay", "7s") : Map.of();
    try (var app = start(own, "--spring.cloud.bootstrap.enabled=" + bootstrap)) {
      assertDefaults(app.getEnvironment(), ownDefaults);

      app.getBean(ContextRefresher.class).refresh();
      assertDefaults(app.getEnvironment(), ownDefaults);

      set("3s");
      app.getBean(ContextRefresher.class).refresh();
      assertDefaults(app.getEnvironment(), ownDefaults);
      assertThat(app.getEnvironment().getProperty(TIMEOUT)).isEqualTo("3s");
    }
  }

  private static void assertDefaults(Environment environment, boolean ownDefaults) {
    assertThat(environment.getProperty("platform.registry.lease-ttl")).isEqualTo("10s");
    assertThat(environment.getProperty("server.shutdown")).isEqualTo("graceful");
    assertThat(environment.getProperty("platform.drain.delay"))
        .isEqualTo(ownDefaults ? "7s" : "1s");
  }

  @Test
  void aRefreshWithoutChangesReportsNone(CapturedOutput output) throws IOException {
    try (var app = start(Map.of())) {
      assertThat(app.getBean(ContextRefresher.class).refresh()).isEmpty();
      assertThat(output).doesNotContain("a restart");
    }
  }

  @Test
  void aChangedValueThatIsReadAtTheStartIsReported(CapturedOutput output) throws IOException {
    try (var app = start(Map.of())) {
      set("soon");
      assertThat(app.getBean(ContextRefresher.class).refresh()).containsExactly(TIMEOUT);
      assertThat(output)
          .contains(TIMEOUT + ": changed (expected: a restart: it is read at the start only)");
    }
  }

  private ConfigurableApplicationContext start(
      Map<String, Object> defaultProperties, String... arguments) throws IOException {
    set("4s");
    String[] all = java.util.Arrays.copyOf(arguments, arguments.length + 1);
    all[arguments.length] = "--spring.config.import=file:" + file();
    return new SpringApplicationBuilder(Plain.class)
        .web(WebApplicationType.NONE)
        .properties(defaultProperties)
        .run(all);
  }

  private void set(String timeout) throws IOException {
    Files.writeString(file(), TIMEOUT + "=" + timeout + "\n");
  }

  private Path file() {
    return directory.resolve("refreshed.properties");
  }

  @Configuration
  @ImportAutoConfiguration({
    RefreshAutoConfiguration.class,
    ChangedPropertiesAutoConfiguration.class
  })
  static class Plain {}
}
