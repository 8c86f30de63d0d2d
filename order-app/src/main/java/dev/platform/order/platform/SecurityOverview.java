package dev.platform.order.platform;

import dev.platform.order.platform.PlatformView.Proved;
import dev.platform.order.platform.PlatformView.Rule;
import dev.platform.order.platform.PlatformView.Security;
import dev.platform.spring.security.AuthorizationEndpoint;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Rules, and what they refused. Never blocks. */
final class SecurityOverview {

  private static final String AUTHORIZATION = "platform.security.authorization";
  private static final String AUTHENTICATION = "platform.security.authentication";

  private final String transport;
  private final String identity;
  private final Optional<AuthorizationEndpoint> rules;
  private final MeterRegistry meters;

  SecurityOverview(
      String transport,
      String identity,
      Optional<AuthorizationEndpoint> rules,
      MeterRegistry meters) {
    this.transport = transport;
    this.identity = identity;
    this.rules = rules;
    this.meters = meters;
  }

  Security security() {
    Optional<AuthorizationEndpoint.View> view = rules.map(AuthorizationEndpoint::view);
    List<Rule> shown = new ArrayList<>();
    view.ifPresent(
        known -> known.rules().forEach((pattern, rule) -> shown.add(rule(pattern, rule))));
    return new Security(
        transport,
        identity,
        view.map(AuthorizationEndpoint.View::mode).orElse("off"),
        shown,
        proved());
  }

  private Rule rule(String pattern, AuthorizationEndpoint.Rule rule) {
    String user =
        rule.roles().isEmpty()
            ? (rule.user().equals("required") ? "any user" : "")
            : String.join(" or ", rule.roles());
    return new Rule(pattern, List.copyOf(rule.callers()), user, refused(pattern));
  }

  /** By the rule's methods, which the meter names. */
  private long refused(String pattern) {
    boolean all = pattern.endsWith("/*");
    String prefix = all ? pattern.substring(0, pattern.length() - 1) : pattern;
    double count = 0;
    for (Counter counter : meters.find(AUTHORIZATION).tag("decision", "refused").counters()) {
      String method = Objects.requireNonNullElse(counter.getId().getTag("method"), "");
      if (all ? method.startsWith(prefix) : method.equals(pattern)) {
        count += counter.count();
      }
    }
    return (long) count;
  }

  private List<Proved> proved() {
    return meters.find(AUTHENTICATION).counters().stream()
        .filter(counter -> counter.count() > 0)
        .map(SecurityOverview::proved)
        .sorted(Comparator.comparing(Proved::kind).thenComparing(Proved::outcome))
        .toList();
  }

  private static Proved proved(Counter counter) {
    return new Proved(
        Objects.requireNonNullElse(counter.getId().getTag("kind"), ""),
        Objects.requireNonNullElse(counter.getId().getTag("outcome"), ""),
        (long) counter.count());
  }
}
