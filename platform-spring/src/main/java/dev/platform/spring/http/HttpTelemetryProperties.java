package dev.platform.spring.http;

import static dev.platform.core.InvalidPropertyException.check;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.web.util.pattern.PathPatternParser;
import org.springframework.web.util.pattern.PatternParseException;

/**
 * Spans of HTTP requests.
 *
 * @param untracedPaths patterns of paths whose requests start no trace; inside a trace they are
 *     spans like all others. By default those of the actuator
 */
@ConfigurationProperties("platform.telemetry.http")
public record HttpTelemetryProperties(@Nullable Set<String> untracedPaths) {

  public HttpTelemetryProperties {
    if (untracedPaths != null) {
      for (String path : untracedPaths) {
        check(
            isPattern(path),
            "platform.telemetry.http.untraced-paths",
            path,
            "patterns of paths, such as /actuator/**");
      }
    }
  }

  /**
   * The patterns, or that of the actuator.
   *
   * @param actuator the actuator's base path
   */
  Set<String> untracedPathsOr(String actuator) {
    return untracedPaths == null ? Set.of(actuator + "/**") : untracedPaths;
  }

  private static boolean isPattern(String path) {
    try {
      new PathPatternParser().parse(path);
      return path.startsWith("/");
    } catch (PatternParseException e) {
      return false;
    }
  }
}
