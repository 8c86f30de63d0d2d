package dev.platform.core.telemetry;

import dev.platform.core.call.Peer;
import dev.platform.core.outcome.CallOutcome;
import io.grpc.Attributes;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Logs each call at its end: at WARN if the callee failed, at INFO if a unary call was slow, else
 * at DEBUG. A line has method, peer, status and duration, never the content of messages. Lines at
 * WARN and INFO are limited per method and target, so that a broken dependency does not fill the
 * disks of its callers. Thread-safe, never blocks but for the appenders.
 */
public final class CallLog {

  /** The loggers of calls end in {@code served} and {@code made}. */
  static final String LOGGER = "dev.platform.calls.";

  private static final int MOST_DESCRIPTION = 200;

  private final Logger log;
  private final String verb;
  private final String peerPrefix;
  private final long slowNanos;
  private final Supplier<LogRateLimit> limits;

  /**
   * @param slow from which duration on a unary call is slow; zero for never
   * @param limits makes the limit of one method and target
   */
  public CallLog(CallSide side, Duration slow, Supplier<LogRateLimit> limits) {
    this.verb = side == CallSide.SERVER ? "served" : "made";
    this.peerPrefix = side == CallSide.SERVER ? " for " : " at ";
    this.log = LoggerFactory.getLogger(LOGGER + verb);
    this.slowNanos = slow.isZero() ? Long.MAX_VALUE : slow.toNanos();
    this.limits = limits;
  }

  /** The limit of one method and target: they do not use up each other's lines. */
  LogRateLimit newLimit() {
    return limits.get();
  }

  /**
   * @param target the called service; empty on the server
   * @param transport gRPC's attributes of the connection; empty without one
   * @param caller the workload that has made a served call; null if that is not proved
   * @param lines the limit of this method and target
   */
  void ended(
      MethodDescriptor<?, ?> method,
      String target,
      Status status,
      CallOutcome outcome,
      long nanos,
      Attributes transport,
      @Nullable String caller,
      LogRateLimit lines) {
    Level level = level(method, outcome, nanos);
    if (!log.isEnabledForLevel(level)) {
      return;
    }
    String suppressed = "";
    if (level != Level.DEBUG) {
      long turn = lines.take();
      if (turn < 0) {
        return;
      }
      suppressed = turn == 0 ? "" : " (" + turn + " such lines before it were left out)";
    }
    log.atLevel(level)
        .log(
            "{} {}{}{}: {} in {} ms{}",
            verb,
            method.getFullMethodName(),
            target.isEmpty() ? "" : " of " + target,
            peer(transport, caller),
            text(status),
            String.format(Locale.ROOT, "%.1f", nanos / (double) TimeUnit.MILLISECONDS.toNanos(1)),
            suppressed);
  }

  private Level level(MethodDescriptor<?, ?> method, CallOutcome outcome, long nanos) {
    if (outcome == CallOutcome.FAILURE) {
      return Level.WARN;
    }
    return nanos >= slowNanos && method.getType() == MethodType.UNARY ? Level.INFO : Level.DEBUG;
  }

  private String peer(Attributes transport, @Nullable String caller) {
    Peer peer = Peer.of(transport);
    if (caller != null) {
      return peerPrefix + caller + (peer == null ? "" : " at " + peer);
    }
    return peer == null ? "" : peerPrefix + peer;
  }

  /** A description is foreign input: it must not add lines. */
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
