package dev.platform.spring.http;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Headers of HTTP requests that only this platform and its own applications should send.
 *
 * @param trusted whether clients are trusted, such as those behind a gateway that removes these
 *     headers itself: nothing is removed
 * @param baggage the entries of the header {@code baggage} that clients may send; {@code *} for
 *     all. By default those in {@code management.tracing.baggage.remote-fields}
 */
@ConfigurationProperties("platform.http.headers")
public record HttpHeaderProperties(
    @DefaultValue("false") boolean trusted, @Nullable Set<String> baggage) {

  /**
   * The permitted entries.
   *
   * @param remoteFields those that are used unless {@code baggage} is set
   */
  Set<String> baggageOr(Set<String> remoteFields) {
    return Set.copyOf(baggage == null ? remoteFields : baggage);
  }
}
