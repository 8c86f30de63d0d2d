package dev.platform.core.telemetry;

import dev.platform.core.outcome.CallOutcome;
import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * A line for each call that has ended: WARN when the callee failed, INFO when a unary call was
 * slow, else DEBUG. It tells method, peer, status and duration, never what was sent or answered.
 * Lines at WARN and INFO are bounded, for a broken dependency must not fill the disks of those who
 * call it. Thread-safe.
 */
public final class CallLog {

  /** The loggers of calls end in {@code served} and {@code made}. */
  static final String LOGGER = "dev.platform.calls.";

  private static final int MOST_DESCRIPTION = 200;

  private final Logger log;
  private final String verb;
  private final long slowNanos;
  private final Supplier<LogRateLimit> limits;

  /**
   * @param limits bounds of lines, one for each method and target
   */
  public CallLog(CallSide side, Duration slow, Supplier<LogRateLimit> limits) {
    this.verb = side == CallSide.SERVER ? "served" : "made";
    this.log = LoggerFactory.getLogger(LOGGER + verb);
    this.slowNanos = slow.isZero() ? Long.MAX_VALUE : slow.toNanos();
    this.limits = limits;
  }

  /** A bound for the lines of one method and target, so that none hides those of another. */
  LogRateLimit newLimit() {
    return limits.get();
  }

  /**
   * @param target the service that was called; empty for a call that was served
   * @param transport asked for the peer, where there is a line
   * @param lines the bound of this method and target
   */
  void ended(
      MethodDescriptor<?, ?> method,
      String target,
      Status status,
      CallOutcome outcome,
      long nanos,
      Supplier<Attributes> transport,
      LogRateLimit lines) {
    Level level = level(method, outcome, nanos);
    if (!log.isEnabledForLevel(level)) {
      return;
    }
    String leftOut = "";
    if (level != Level.DEBUG) {
      long turn = lines.take();
      if (turn < 0) {
        return;
      }
      leftOut = turn == 0 ? "" : " (" + turn + " such lines before it were left out)";
    }
    log.atLevel(level)
        .log(
            "{} {}{}{}: {} in {} ms{}",
            verb,
            method.getFullMethodName(),
            target.isEmpty() ? "" : " of " + target,
            peer(transport.get()),
            text(status),
            String.format(Locale.ROOT, "%.1f", nanos / (double) TimeUnit.MILLISECONDS.toNanos(1)),
            leftOut);
  }

  private Level level(MethodDescriptor<?, ?> method, CallOutcome outcome, long nanos) {
    if (outcome == CallOutcome.FAILURE) {
      return Level.WARN;
    }
    return nanos >= slowNanos && method.getType() == MethodType.UNARY ? Level.INFO : Level.DEBUG;
  }

  private String peer(Attributes transport) {
    Object peer = transport.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
    if (peer == null) {
      return "";
    }
    return (verb.equals("served") ? " for " : " at ") + peer.toString().replaceFirst("^.*/", "");
  }

  /** A description comes from elsewhere, and stays on its line. */
  private static String text(Status status) {
    String description = status.getDescription();
    if (description == null) {
      return status.getCode().name();
    }
    String line = description.replaceAll("\\p{Cntrl}+", " ");
    String cut =
        line.length() <= MOST_DESCRIPTION ? line : line.substring(0, MOST_DESCRIPTION) + "...";
    return status.getCode() + " (" + cut + ")";
  }
}
