package dev.platform.spring.http;

import static dev.platform.core.config.InvalidPropertyException.check;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.web.util.pattern.PathPatternParser;
import org.springframework.web.util.pattern.PatternParseException;

/**
 * Spans of requests over HTTP.
 *
 * @param untracedPaths patterns of paths whose requests begin no trace; in a trace that is under
 *     way they are spans like all others. Those of the actuator unless it is set
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

  private static boolean isPattern(String path) {
    try {
      new PathPatternParser().parse(path);
      return path.startsWith("/");
    } catch (PatternParseException e) {
      return false;
    }
  }
}
