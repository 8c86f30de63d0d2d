package dev.platform.core.identity;

import com.google.gson.JsonObject;
import dev.platform.core.instance.Json;
import dev.platform.core.telemetry.LogRateLimit;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The audit log, {@code dev.platform.audit}: one line of JSON for each decision; refusals at INFO,
 * at most so many in a second, each with the number of lines that were left out before it; allowed
 * calls at DEBUG. What does not apply is absent. It has neither tokens nor names of users.
 * Thread-safe, never blocks but for the appenders.
 */
public final class SecurityAudit {

  private static final Logger log = LoggerFactory.getLogger("dev.platform.audit");
  private static final int LINES_PER_SECOND = 100;
  private static final int MOST_CHARACTERS = 256;

  private final LogRateLimit limit;

  /**
   * @param nanoTime monotonic time
   */
  public SecurityAudit(LongSupplier nanoTime) {
    this.limit = new LogRateLimit(LINES_PER_SECOND, nanoTime);
  }

  /** Whether allowed calls are logged, too. */
  public boolean logsAllowed() {
    return log.isDebugEnabled();
  }

  /**
   * A call is refused.
   *
   * @param decision {@code refused}, or {@code shadow} if the call goes on
   * @param rule the rule that refused it; null if none did
   * @param reason why
   */
  public void refused(
      CallerIdentity caller, String method, @Nullable String rule, String decision, String reason) {
    if (!log.isInfoEnabled()) {
      return;
    }
    long leftOut = limit.take();
    if (leftOut >= 0) {
      log.info("{}", line(caller, method, rule, decision, reason, leftOut));
    }
  }

  /** A call is allowed. */
  public void allowed(CallerIdentity caller, String method, @Nullable String rule) {
    if (log.isDebugEnabled()) {
      log.debug("{}", line(caller, method, rule, "allowed", null, 0));
    }
  }

  private static String line(
      CallerIdentity caller,
      String method,
      @Nullable String rule,
      String decision,
      @Nullable String reason,
      long leftOut) {
    JsonObject line = new JsonObject();
    line.addProperty("caller", shortened(caller.workload().orElse(null)));
    line.addProperty("subject", caller.subjectHash());
    line.addProperty("method", shortened(method));
    line.addProperty("rule", shortened(rule));
    line.addProperty("decision", decision);
    line.addProperty("reason", shortened(reason));
    SpanContext span = Span.current().getSpanContext();
    line.addProperty("trace_id", span.isValid() ? span.getTraceId() : null);
    if (leftOut > 0) {
      line.addProperty("left_out", leftOut);
    }
    return Json.write(line);
  }

  private static @Nullable String shortened(@Nullable String text) {
    return text == null || text.length() <= MOST_CHARACTERS
        ? text
        : text.substring(0, MOST_CHARACTERS) + "…";
  }
}
