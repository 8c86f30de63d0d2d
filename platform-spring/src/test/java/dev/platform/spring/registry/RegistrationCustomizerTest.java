package dev.platform.spring.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.core.instance.Layout;
import dev.platform.core.instance.ValueFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.boot.info.BuildProperties;
import org.springframework.cloud.commons.util.InetUtils;
import org.springframework.cloud.commons.util.InetUtilsProperties;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.mock.env.MockEnvironment;

class RegistrationCustomizerTest {

  private static final Path HERE = Path.of(System.getProperty("basedir", "."));

  @Test
  void theGuidesExampleSaysNothingWithoutItsVariable() {
    assertThat(System.getenv("RACK")).isNull();
    assertThat(metadata(RackConfiguration.class))
        .doesNotContainKey("rack")
        .containsEntry("weight", "100");
  }

  @Test
  void nullAndEmptyEntriesAreLeftOut() {
    assertThat(metadata(NothingConfiguration.class))
        .doesNotContainKeys("empty", "none", "", "weight")
        .containsEntry("own", "value");
  }

  @Test
  void aRegistrationOfTheApplicationsOwnMayHaveNullToo() {
    Map<String, String> metadata = new HashMap<>();
    metadata.put("zone", null);
    metadata.put("own", "value");
    assertThat(EtcdRegistration.at("127.0.0.1", 1, List.of("a"), metadata).getMetadata())
        .containsEntry("own", "value")
        .doesNotContainKey("zone");
  }

  @Test
  void theGuideShowsTheExampleThatIsCompiledHere() throws IOException {
    String source =
        Files.readString(
            HERE.resolve(
                "src/test/java/dev/platform/spring/registry/RegistrationCustomizerTest.java"));
    String guide = unindented(Files.readString(HERE.resolve("../docs/guide.md")));
    int start = guide.indexOf("@Bean\nRegistrationCustomizer");
    assertThat(unindented(source))
        .contains(guide.substring(start, guide.indexOf("```", start)).strip());
  }

  private static Map<String, String> metadata(Class<?> configuration) {
    try (var context = new AnnotationConfigApplicationContext(configuration)) {
      return new RegistryAutoConfiguration()
          .etcdRegistration(
              new RegistryProperties(
                  true,
                  List.of("a"),
                  ValueFormat.GRPC,
                  Set.of(Layout.PLATFORM),
                  Duration.ofSeconds(10),
                  Map.of(),
                  "127.0.0.1",
                  1,
                  true,
                  false),
              new MockEnvironment(),
              new InetUtils(new InetUtilsProperties()),
              context.getBeanProvider(BuildProperties.class),
              context.getBeanProvider(RegistrationCustomizer.class))
          .getMetadata();
    }
  }

  private static String unindented(String text) {
    return text.lines().map(String::strip).collect(Collectors.joining("\n"));
  }

  @Configuration(proxyBeanMethods = false)
  static class RackConfiguration {

    @Bean
    RegistrationCustomizer rack() {
      return metadata -> metadata.put("rack", System.getenv("RACK"));
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class NothingConfiguration {

    @Bean
    RegistrationCustomizer nothing() {
      return metadata -> {
        metadata.put("empty", "");
        metadata.put("none", null);
        metadata.put("", "no key");
        metadata.put("weight", null);
        metadata.put("own", "value");
      };
    }
  }
}
