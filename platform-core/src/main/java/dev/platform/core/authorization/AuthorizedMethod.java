package dev.platform.core.authorization;

import dev.platform.core.identity.CallerIdentity;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The rule of one method, found once, and the counters of its decisions. Thread-safe. */
final class AuthorizedMethod {

  private final @Nullable AuthorizationRule rule;
  private final Counter allowed;
  private final Counter refused;

  /**
   * @param method its name in meters
   */
  AuthorizedMethod(
      @Nullable AuthorizationRule rule,
      String method,
      AuthorizationMode mode,
      MeterRegistry meters) {
    this.rule = rule;
    this.allowed = counter(meters, method, mode, "allowed");
    this.refused = counter(meters, method, mode, "refused");
  }

  private static Counter counter(
      MeterRegistry meters, String method, AuthorizationMode mode, String decision) {
    return Counter.builder("platform.security.authorization")
        .description("Decisions about calls; in the mode shadow, refused calls go on")
        .tag("method", method)
        .tag("mode", mode.name().toLowerCase(Locale.ROOT))
        .tag("decision", decision)
        .register(meters);
  }

  /** Allocates nothing. */
  Decision decide(CallerIdentity caller) {
    Decision decision = rule == null ? Decision.NO_RULE : rule.decide(caller);
    (decision == Decision.ALLOWED ? allowed : refused).increment();
    return decision;
  }

  /** The rule that decided; null if there is none. */
  @Nullable String rule() {
    return rule == null ? null : rule.pattern();
  }
}
