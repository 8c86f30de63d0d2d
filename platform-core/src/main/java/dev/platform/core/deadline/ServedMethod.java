package dev.platform.core.deadline;

import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is known of a served method's time, and how its calls are refused. Thread-safe. */
final class ServedMethod {

  private static final Logger log = LoggerFactory.getLogger(ServedMethod.class);

  private static final long LOG_PAUSE = TimeUnit.MINUTES.toNanos(1);

  /** Why a call is not begun. */
  enum Reason {
    /** Its deadline has passed. */
    PASSED,
    /** Less time is left than is configured for its method. */
    MINIMUM,
    /** Less time is left than its method usually takes. */
    USUAL
  }

  private final String name;
  private final long minimum;
  private final @Nullable UsualTime usual;
  private final MeterRegistry meters;
  // guarded by itself
  private final Map<Reason, Counter> refused = new EnumMap<>(Reason.class);
  // guarded by this
  private long quietUntil;

  ServedMethod(
      MethodDescriptor<?, ?> method, DeadlineSettings settings, MeterRegistry meters, long now) {
    this.name = method.getFullMethodName();
    Duration configured = DeadlineSettings.of(settings.minimums(), method);
    this.minimum = configured == null ? 0 : configured.toNanos();
    this.usual =
        settings.refuseBelowUsual() && method.getType() == MethodType.UNARY
            ? new UsualTime(now)
            : null;
    this.meters = meters;
    this.quietUntil = now;
  }

  /** The usual time of its handler; null for streams, and where it does not matter. */
  @Nullable UsualTime usual() {
    return usual;
  }

  /** Why a call with this time left is not begun whatever is usual; null for no reason. */
  @Nullable Reason refusal(long left) {
    if (left <= 0) {
      return Reason.PASSED;
    }
    return left > minimum ? null : Reason.MINIMUM;
  }

  /** Counts a refused call, and returns its status. */
  Status refuse(Reason reason, long left, long now) {
    counter(reason).increment();
    String text =
        name
            + " was not started: "
            + millis(Math.max(0, left))
            + " ms are left before its deadline";
    if (reason == Reason.USUAL) {
      logAtTimes(left, now);
      text += ", it usually takes " + millis(usual == null ? 0 : usual.nanos()) + " ms";
    } else if (minimum > 0) {
      text += ", the minimum is " + millis(minimum) + " ms";
    }
    return Status.DEADLINE_EXCEEDED.withDescription(text);
  }

  private void logAtTimes(long left, long now) {
    synchronized (this) {
      if (now - quietUntil < 0) {
        return;
      }
      quietUntil = now + LOG_PAUSE;
    }
    log.info(
        "calls of {} are refused, since their callers leave them less than its usual {} ms, now {} ms;"
            + " this is logged once a minute",
        name,
        millis(usual == null ? 0 : usual.nanos()),
        millis(left));
  }

  private Counter counter(Reason reason) {
    synchronized (refused) {
      return refused.computeIfAbsent(
          reason,
          why ->
              Counter.builder("platform.deadline.refused")
                  .tag("method", name)
                  .tag("reason", why.name().toLowerCase(Locale.ROOT))
                  .description("Calls that were not begun, since too little of their time was left")
                  .register(meters));
    }
  }

  private static long millis(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(nanos);
  }
}
