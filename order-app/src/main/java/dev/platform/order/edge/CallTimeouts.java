package dev.platform.order.edge;

import io.grpc.Status;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A request's timeout: the value of its {@code Grpc-Timeout}, the header that gRPC itself and its
 * gateways use.
 */
final class CallTimeouts {

  static final String HEADER = "Grpc-Timeout";

  private static final Pattern FORMAT = Pattern.compile("(\\d{1,8})([HMSmun])");

  private final Duration defaultTimeout;
  private final Duration maxTimeout;

  CallTimeouts(EdgeProperties properties) {
    this.defaultTimeout = properties.defaultTimeout();
    this.maxTimeout = properties.maxTimeout();
  }

  /** For a request with one answer. */
  Duration of(@Nullable String header) {
    Duration asked = parse(header).orElse(defaultTimeout);
    return asked.compareTo(maxTimeout) < 0 ? asked : maxTimeout;
  }

  /** For a request that does not ask for one. */
  Duration usual() {
    return defaultTimeout;
  }

  /** For a stream, which has no timeout unless its client sets one. */
  Optional<Duration> ofStream(@Nullable String header) {
    return parse(header);
  }

  private static Optional<Duration> parse(@Nullable String header) {
    if (header == null) {
      return Optional.empty();
    }
    Matcher matcher = FORMAT.matcher(header.strip());
    if (!matcher.matches()) {
      throw Status.INVALID_ARGUMENT
          .withDescription(
              HEADER
                  + " must be up to eight digits and a unit, H, M, S, m, u or n, such as 500m for"
                  + " 500 milliseconds: "
                  + Text.shortened(header))
          .asRuntimeException();
    }
    return Optional.of(Duration.of(Long.parseLong(matcher.group(1)), unit(matcher.group(2))));
  }

  private static ChronoUnit unit(String letter) {
    return switch (letter) {
      case "H" -> ChronoUnit.HOURS;
      case "M" -> ChronoUnit.MINUTES;
      case "S" -> ChronoUnit.SECONDS;
      case "m" -> ChronoUnit.MILLIS;
      case "u" -> ChronoUnit.MICROS;
      default -> ChronoUnit.NANOS;
    };
  }
}
