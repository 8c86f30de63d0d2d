package dev.platform.spring.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringBootVersion;
import org.springframework.boot.json.JsonParserFactory;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

/** Whoever moves to the other line, in either direction, hears of every property of gRPC's. */
class OtherLinePropertiesTest {

  private static final boolean OLD = String.valueOf(SpringBootVersion.getVersion()).startsWith("3");
  private static final String OURS = OLD ? "grpc." : "spring.grpc.";
  private static final String OTHER_LINE = OLD ? "4.1.2" : "3.5.16";

  @Test
  void everyGrpcPropertyOfThisLineIsReportedOnTheOther() throws IOException {
    Set<String> names = names();
    assertThat(names).hasSizeGreaterThan(30);
    assertThat(names).allSatisfy(name -> assertThat(findings(name)).hasSize(1));
  }

  private static List<Finding> findings(String property) {
    StandardEnvironment environment = new StandardEnvironment();
    environment.getPropertySources().addFirst(new MapPropertySource("test", Map.of(property, "1")));
    return new OtherLineRule(environment, OTHER_LINE).findings();
  }

  /** A map's property is one that has an entry. */
  private static Set<String> names() throws IOException {
    Set<String> names = new TreeSet<>();
    for (URL file :
        Collections.list(
            OtherLinePropertiesTest.class
                .getClassLoader()
                .getResources("META-INF/spring-configuration-metadata.json"))) {
      try (InputStream content = file.openStream()) {
        String json = new String(content.readAllBytes(), StandardCharsets.UTF_8);
        Object properties = JsonParserFactory.getJsonParser().parseMap(json).get("properties");
        for (Object property : (List<?>) properties) {
          Map<?, ?> known = (Map<?, ?>) property;
          String name = String.valueOf(known.get("name"));
          boolean isMap = String.valueOf(known.get("type")).startsWith("java.util.Map");
          if (name.startsWith(OURS)) {
            names.add(isMap ? name + ".shop.user-agent" : name);
          }
        }
      }
    }
    return names;
  }
}
