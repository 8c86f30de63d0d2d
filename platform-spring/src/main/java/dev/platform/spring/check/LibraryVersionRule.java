package dev.platform.spring.check;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An older Resilience4j than the platform is tested with: Spring Cloud's BOM brings one if it is
 * imported before the platform's, or alone.
 */
final class LibraryVersionRule implements ConfigurationRule {

  private static final int MAJOR = 2;
  private static final int MINOR = 4;

  private final @Nullable String version;

  LibraryVersionRule() {
    this(CircuitBreaker.class.getPackage().getImplementationVersion());
  }

  /**
   * @param version that of Resilience4j; null if its jar was repackaged without it
   */
  LibraryVersionRule(@Nullable String version) {
    this.version = version;
  }

  @Override
  public List<Finding> findings() {
    return version == null || isRecent(version.split("[.-]"))
        ? List.of()
        : List.of(
            new Finding(
                "io.github.resilience4j:resilience4j-circuitbreaker",
                version,
                MAJOR
                    + "."
                    + MINOR
                    + " or later: in <dependencyManagement>, before Spring Cloud's BOM,"
                    + " <dependency><groupId>dev.platform</groupId><artifactId>platform-bom"
                    + "</artifactId><version>…</version><type>pom</type><scope>import</scope>"
                    + "</dependency>"));
  }

  /** Unknown forms of versions are not judged. */
  private static boolean isRecent(String[] parts) {
    if (parts.length < 2 || !parts[0].matches("\\d{1,6}") || !parts[1].matches("\\d{1,6}")) {
      return true;
    }
    int major = Integer.parseInt(parts[0]);
    return major > MAJOR || major == MAJOR && Integer.parseInt(parts[1]) >= MINOR;
  }
}
