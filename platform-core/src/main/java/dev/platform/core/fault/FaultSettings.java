package dev.platform.core.fault;

import static dev.platform.core.InvalidPropertyException.check;

import dev.platform.core.fault.Fault.Side;
import io.grpc.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A fault that is to be injected: a delay, an abort, or both.
 *
 * @param method {@code package.Service/Method}, {@code package.Service} for all of its methods, or
 *     {@code *} for all but gRPC's own services, such as health
 * @param caller the only caller concerned, by the header {@code platform-caller}, on the side
 *     server; null for any
 * @param ratio the part of these calls, over 0, at most 1
 * @param delay how long they are delayed, 1 ms to 1 h; null for no delay
 * @param abort the status that they end with then, without reaching the handler; null for no abort
 * @param timeToLive how long the fault lasts, 1 ms to 24 h; null for until it is removed
 */
public record FaultSettings(
    Side side,
    String method,
    @Nullable String caller,
    double ratio,
    @Nullable Duration delay,
    @Nullable Status abort,
    @Nullable Duration timeToLive) {

  /** Which values {@code method} may have, as text. */
  public static final String METHODS =
      "package.Service/Method, package.Service for all of its methods, or * for all";

  /** Which values {@code ratio} may have, as text. */
  public static final String RATIOS = "a number over 0, at most 1";

  /** Which values {@code delay} may have, as text. */
  public static final String DELAYS = "from 1ms to 1h, such as 300ms or 10s";

  /** Which values {@code timeToLive} may have, as text. */
  public static final String LIFETIMES = "from 1ms to 24h, such as 300ms or 10s";

  private static final Pattern METHOD = Pattern.compile("\\*|[\\w.]+(/\\w+)?");
  private static final Pattern CALLER = Pattern.compile("[\\w.-]{1,100}");
  private static final Duration LONGEST_DELAY = Duration.ofHours(1);
  private static final Duration LONGEST_LIFE = Duration.ofDays(1);

  public FaultSettings {
    check(
        METHOD.matcher(method).matches(), "method", method.isBlank() ? "(empty)" : method, METHODS);
    check(
        caller == null || side == Side.SERVER && CALLER.matcher(caller).matches(),
        "caller",
        caller == null || caller.isBlank() ? "(empty)" : caller,
        "on side server, the name that callers give in the header platform-caller");
    check(ratio > 0 && ratio <= 1, "ratio", ratio, RATIOS);
    duration("delay", delay, LONGEST_DELAY, DELAYS);
    duration("ttl", timeToLive, LONGEST_LIFE, LIFETIMES);
    check(
        abort == null || !abort.isOk(),
        "status",
        "OK",
        "a status of failed calls, such as INTERNAL");
  }

  /** A fault in calls that this process's server gets; without effect so far. */
  public static FaultSettings incoming(String method) {
    return new FaultSettings(Side.SERVER, method, null, 1, null, null, null);
  }

  /** A fault in calls that this process makes; without effect so far. */
  public static FaultSettings outgoing(String method) {
    return new FaultSettings(Side.CLIENT, method, null, 1, null, null, null);
  }

  /** The same for calls of this caller only. */
  public FaultSettings withCaller(String name) {
    return new FaultSettings(side, method, name, ratio, delay, abort, timeToLive);
  }

  /** The same for a part of the calls, chosen at random. */
  public FaultSettings withRatio(double part) {
    return new FaultSettings(side, method, caller, part, delay, abort, timeToLive);
  }

  /** The same with a delay. */
  public FaultSettings withDelay(Duration length) {
    return new FaultSettings(side, method, caller, ratio, length, abort, timeToLive);
  }

  /** The same with this end of the calls. */
  public FaultSettings withAbort(Status status) {
    return new FaultSettings(side, method, caller, ratio, delay, status, timeToLive);
  }

  /** The same with an end of the fault. */
  public FaultSettings withTimeToLive(Duration length) {
    return new FaultSettings(side, method, caller, ratio, delay, abort, length);
  }

  Fault toFault(String id, Instant now) {
    check(delay != null || abort != null, "delay", "(none)", "a delay, a status, or both");
    Instant endsAt = timeToLive == null ? null : now.plus(timeToLive);
    return new Fault(id, side, method, caller, ratio, delay, abort, endsAt, new LongAdder());
  }

  private static void duration(
      String property, @Nullable Duration length, Duration longest, String expected) {
    if (length != null) {
      check(
          length.toMillis() >= 1 && length.compareTo(longest) <= 0,
          property,
          // As people write it: 48h, 0.3s.
          length.toString().substring(2).toLowerCase(Locale.ROOT),
          expected);
    }
  }
}
