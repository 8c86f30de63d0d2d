package dev.platform.spring.http;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.PathContainer;
import org.springframework.util.StringUtils;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/** Which requests have a body, and who reads it. Thread-safe. Reads no byte of a body. */
final class RequestBodies {

  private static final Set<String> WITHOUT =
      Set.of(HttpMethod.GET.name(), HttpMethod.HEAD.name(), HttpMethod.OPTIONS.name());

  private final Set<PathPattern> streamed;

  RequestBodies(Set<String> streamedPaths) {
    PathPatternParser parser = new PathPatternParser();
    this.streamed =
        streamedPaths.stream().map(parser::parse).collect(Collectors.toUnmodifiableSet());
  }

  /** Whether there is a body, or may be one. */
  static boolean hasBody(HttpServletRequest request) {
    long length = request.getContentLengthLong();
    return length > 0 || length < 0 && hasUnknownLength(request);
  }

  /** Whether a form, which Tomcat parses, or a path whose handler reads the body as a stream. */
  boolean isReadByOthers(HttpServletRequest request) {
    return isForm(request.getContentType()) || isStreamed(request);
  }

  private static boolean hasUnknownLength(HttpServletRequest request) {
    // HTTP/2 has no such header, and needs none.
    return request.getHeader("Transfer-Encoding") != null
        || !request.getProtocol().startsWith("HTTP/1") && !WITHOUT.contains(request.getMethod());
  }

  private static boolean isForm(@Nullable String contentType) {
    return StringUtils.startsWithIgnoreCase(contentType, "multipart/")
        || StringUtils.startsWithIgnoreCase(contentType, "application/x-www-form-urlencoded");
  }

  private boolean isStreamed(HttpServletRequest request) {
    if (streamed.isEmpty()) {
      return false;
    }
    String path = request.getRequestURI().substring(request.getContextPath().length());
    PathContainer parsed = PathContainer.parsePath(path);
    return streamed.stream().anyMatch(pattern -> pattern.matches(parsed));
  }
}
