package dev.platform.core.identity;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** Counters of what calls prove. */
final class AuthenticationMeters {

  final Counter workloadProved;
  final Counter workloadNone;
  final Counter userAccepted;
  final Counter userInvalid;
  final Counter userUnchecked;
  final Counter userLimited;
  final Counter userIgnored;

  AuthenticationMeters(MeterRegistry meters) {
    this.workloadProved = counter(meters, "workload", "proved");
    this.workloadNone = counter(meters, "workload", "none");
    this.userAccepted = counter(meters, "user", "proved");
    this.userInvalid = counter(meters, "user", "invalid");
    this.userUnchecked = counter(meters, "user", "unchecked");
    this.userLimited = counter(meters, "user", "limited");
    this.userIgnored = counter(meters, "user", "ignored");
  }

  private static Counter counter(MeterRegistry meters, String kind, String outcome) {
    return Counter.builder("platform.security.authentication")
        .description("What calls prove of their callers")
        .tag("kind", kind)
        .tag("outcome", outcome)
        .register(meters);
  }
}
