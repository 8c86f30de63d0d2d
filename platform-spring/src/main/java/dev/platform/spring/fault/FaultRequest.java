package dev.platform.spring.fault;

import static dev.platform.core.config.InvalidPropertyException.check;

import dev.platform.core.config.InvalidPropertyException;
import dev.platform.core.fault.Fault;
import dev.platform.core.fault.Fault.Side;
import dev.platform.core.fault.Faults;
import io.grpc.Status;
import io.grpc.Status.Code;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Pattern;
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
    @Nullable String ttl)
    implements Faults.Request {

  private static final Pattern METHOD = Pattern.compile("\\*|[\\w.]+(/\\w+)?");
  private static final Pattern CALLER = Pattern.compile("[\\w.-]{1,100}");
  private static final Duration LONGEST_DELAY = Duration.ofHours(1);
  private static final Duration LONGEST_TTL = Duration.ofDays(1);
  private static final int LONGEST_MESSAGE = 200;

  /** How long the fault lasts; null until it is removed. */
  @Override
  public @Nullable Duration timeToLive() {
    return duration("ttl", ttl, LONGEST_TTL);
  }

  /**
   * The parsed fault.
   *
   * @throws InvalidPropertyException for an invalid field, with its name
   */
  @Override
  public Fault toFault(String id, Instant now) {
    Side where = parsedSide();
    check(
        method != null && METHOD.matcher(method).matches(),
        "method",
        display(method),
        "package.Service/Method, package.Service for all of its methods, or * for all");
    check(
        caller == null || where == Side.SERVER && CALLER.matcher(caller).matches(),
        "caller",
        display(caller),
        "on side server, the name that callers give in the header platform-caller");
    Duration wait = duration("delay", delay, LONGEST_DELAY);
    check(wait != null || status != null, "delay", "(none)", "a delay, a status, or both");
    Duration lasting = timeToLive();
    return new Fault(
        id,
        where,
        String.valueOf(method),
        caller,
        parsedRatio(),
        wait,
        abort(),
        lasting == null ? null : now.plus(lasting),
        new LongAdder());
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
    String expected = "a number over 0, at most 1";
    try {
      double parsed = ratio == null ? 1 : Double.parseDouble(ratio);
      check(parsed > 0 && parsed <= 1, "ratio", ratio, expected);
      return parsed;
    } catch (NumberFormatException e) {
      throw new InvalidPropertyException("ratio", display(ratio), expected, e);
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
      String property, @Nullable String text, Duration longest) {
    if (text == null) {
      return null;
    }
    String expected = "from 1ms to %dh, such as 300ms or 10s".formatted(longest.toHours());
    try {
      Duration parsed = DurationStyle.detectAndParse(text);
      check(parsed.toMillis() >= 1 && parsed.compareTo(longest) <= 0, property, text, expected);
      return parsed;
    } catch (InvalidPropertyException e) {
      throw e;
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new InvalidPropertyException(property, display(text), expected, e);
    }
  }

  private static String display(@Nullable String value) {
    return value == null ? "(none)" : value.isBlank() ? "(empty)" : value;
  }
}
