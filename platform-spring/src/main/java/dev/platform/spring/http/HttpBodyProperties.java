package dev.platform.spring.http;

import static dev.platform.core.InvalidPropertyException.check;

import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.web.util.pattern.PathPatternParser;
import org.springframework.web.util.pattern.PatternParseException;

/**
 * The bodies of HTTP requests, on Tomcat with Spring MVC, and on WebFlux.
 *
 * @param enabled whether the bounds below apply
 * @param timeout how long a client may take to send a body; after that the request is answered with
 *     408. On Spring MVC no thread waits meanwhile
 * @param maxSize the maximum size of a body; larger ones are answered with 413
 * @param maxBuffered on Spring MVC, the maximum size of all bodies together that are being
 *     received; further requests are answered with 503
 * @param maxBlocking on Spring MVC, how many requests may read their body on the thread of the web
 *     server at a time: forms, multipart requests and those to {@code streamed-paths}; further ones
 *     are answered with 503. By default half of {@code server.tomcat.threads.max}
 * @param streamedPaths on Spring MVC, patterns of paths whose handlers read the body as a stream,
 *     of any size and for any time
 */
@ConfigurationProperties("platform.http.body")
public record HttpBodyProperties(
    @DefaultValue("true") boolean enabled,
    @DefaultValue("10s") Duration timeout,
    @DefaultValue("10MB") DataSize maxSize,
    @DefaultValue("64MB") DataSize maxBuffered,
    @Nullable Integer maxBlocking,
    @DefaultValue Set<String> streamedPaths) {

  private static final String PREFIX = "platform.http.body.";
  private static final int MOST_BLOCKING = 10_000;

  public HttpBodyProperties {
    check(timeout.toMillis() >= 100, PREFIX + "timeout", timeout.toMillis() + "ms", ">= 100ms");
    check(
        maxSize.toBytes() >= 1 && maxSize.toMegabytes() <= 1024,
        PREFIX + "max-size",
        maxSize,
        "1B to 1GB");
    check(
        maxBuffered.compareTo(maxSize) >= 0,
        PREFIX + "max-buffered",
        maxBuffered,
        "at least " + PREFIX + "max-size, " + maxSize);
    check(
        maxBlocking == null || maxBlocking >= 1 && maxBlocking <= MOST_BLOCKING,
        PREFIX + "max-blocking",
        maxBlocking,
        "1 to " + MOST_BLOCKING);
    for (String path : streamedPaths) {
      check(
          isPattern(path),
          PREFIX + "streamed-paths",
          path,
          "patterns of paths, such as /uploads/**");
    }
  }

  /**
   * The maximum, or half of the threads.
   *
   * @param threads the number of threads of the web server
   */
  int maxBlockingOf(int threads) {
    return maxBlocking == null ? Math.max(1, threads / 2) : maxBlocking;
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
