package dev.platform.spring.priority;

import dev.platform.core.InvalidPropertyException;
import dev.platform.core.priority.Priority;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;
import org.springframework.web.util.pattern.PatternParseException;

/** The priorities of HTTP requests by their paths within the application. Thread-safe. */
final class PathPriorities {

  private final List<Rule> rules;

  private record Rule(PathPattern path, Priority priority) {}

  PathPriorities(Map<String, Priority> paths) {
    this.rules =
        paths.entrySet().stream()
            .map(entry -> new Rule(parsed(entry.getKey()), entry.getValue()))
            .sorted(Comparator.comparing(Rule::path, PathPattern.SPECIFICITY_COMPARATOR))
            .toList();
  }

  private static PathPattern parsed(String path) {
    try {
      return PathPatternParser.defaultInstance.parse(path);
    } catch (PatternParseException e) {
      throw new InvalidPropertyException(
          PriorityProperties.PREFIX + ".paths",
          path,
          "a pattern of a path, such as /api/products/** (%s)".formatted(e.getMessage()),
          e);
    }
  }

  /** The priority of the most specific pattern that matches; null for none. */
  @Nullable Priority of(PathContainer path) {
    for (Rule rule : rules) {
      if (rule.path.matches(path)) {
        return rule.priority;
      }
    }
    return null;
  }
}
