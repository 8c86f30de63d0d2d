package dev.platform.spring.fault;

import static dev.platform.core.InvalidPropertyException.check;

import dev.platform.core.InvalidPropertyException;
import dev.platform.core.fault.Fault.Side;
import dev.platform.core.fault.FaultSettings;
import io.grpc.Status;
import io.grpc.Status.Code;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.convert.DurationStyle;

/**
 * A requested fault, unparsed. Omitted fields are null.
 *
 * @param side {@code server}, the default, or {@code client}
 * @param ttl how long the fault lasts; by default until it is removed
 */
record FaultRequest(
    @Nullable String side,
    @Nullable String method,
    @Nullable String caller,
    @Nullable String ratio,
    @Nullable String delay,
    @Nullable String status,
    @Nullable String message,
    @Nullable String ttl) {

  private static final int LONGEST_MESSAGE = 200;

  /**
   * The parsed fault.
   *
   * @throws InvalidPropertyException for an invalid field, with its name
   */
  FaultSettings settings() {
    Side where = parsedSide();
    if (method == null) {
      throw new InvalidPropertyException("method", display(null), FaultSettings.METHODS);
    }
    return new FaultSettings(
        where,
        method,
        caller,
        parsedRatio(),
        duration("delay", delay, FaultSettings.DELAYS),
        abort(),
        duration("ttl", ttl, FaultSettings.LIFETIMES));
  }

  private Side parsedSide() {
    if (side == null) {
      return Side.SERVER;
    }
    return Arrays.stream(Side.values())
        .filter(known -> known.id().equals(side.toLowerCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(() -> new InvalidPropertyException("side", display(side), "server or client"));
  }

  private double parsedRatio() {
    try {
      return ratio == null ? 1 : Double.parseDouble(ratio);
    } catch (NumberFormatException e) {
      throw new InvalidPropertyException("ratio", display(ratio), FaultSettings.RATIOS, e);
    }
  }

  private @Nullable Status abort() {
    check(
        message == null || status != null && message.length() <= LONGEST_MESSAGE,
        "message",
        display(message),
        "a status to go with it, and at most " + LONGEST_MESSAGE + " characters");
    if (status == null) {
      return null;
    }
    Code code =
        Arrays.stream(Code.values())
            .filter(known -> known != Code.OK && known.name().equalsIgnoreCase(status))
            .findFirst()
            .orElseThrow(
                () -> new InvalidPropertyException("status", display(status), "one of " + codes()));
    return code.toStatus()
        .withDescription(message == null ? "injected fault" : "injected fault: " + message);
  }

  private static String codes() {
    return Arrays.stream(Code.values())
        .filter(code -> code != Code.OK)
        .map(Enum::name)
        .collect(Collectors.joining(", "));
  }

  private static @Nullable Duration duration(
      String property, @Nullable String text, String expected) {
    try {
      return text == null ? null : DurationStyle.detectAndParse(text);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new InvalidPropertyException(property, display(text), expected, e);
    }
  }

  private static String display(@Nullable String value) {
    return value == null ? "(none)" : value.isBlank() ? "(empty)" : value;
  }
}
