package dev.platform.spring.security;

import dev.platform.core.authorization.AuthorizationRule;
import dev.platform.core.authorization.AuthorizationRules;
import dev.platform.core.authorization.LearnedCalls;
import dev.platform.core.authorization.LearnedRules;
import dev.platform.spring.check.ServedMethods;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;
import org.springframework.util.MimeTypeUtils;

/**
 * {@code /actuator/platform-authorization}: the rules in force, which callers were seen in the mode
 * {@code shadow}, and the difference; at {@code /yaml} the rules that these callers need, to
 * review. Read-only.
 */
@WebEndpoint(id = "platformauthorization")
public final class AuthorizationEndpoint {

  private final AuthorizationProperties properties;
  private final AuthorizationRules rules;
  private final LearnedCalls learned;
  private final ServedMethods served;

  AuthorizationEndpoint(
      AuthorizationProperties properties, LearnedCalls learned, ServedMethods served) {
    this.properties = properties;
    this.rules = properties.parsed();
    this.learned = learned;
    this.served = served;
  }

  /**
   * The whole answer. Callers are listed by method.
   *
   * @param mode what the rules do
   * @param rules the rules in force
   * @param learned the callers that were seen
   * @param leftOut calls whose caller was not remembered, since there were too many pairs
   * @param difference seen callers that the rules refuse, and allowed ones that were not seen
   */
  public record View(
      String mode,
      Map<String, Rule> rules,
      Map<String, Set<String>> learned,
      long leftOut,
      Difference difference) {}

  /** A rule in force. */
  public record Rule(Set<String> callers, Set<String> roles, String user) {

    static Rule of(AuthorizationRule rule) {
      return new Rule(
          rule.anyCaller() ? Set.of("any") : new TreeSet<>(rule.callers()),
          new TreeSet<>(rule.roles()),
          rule.needsUser() ? "required" : "optional");
    }
  }

  /** How learned callers differ from the rules. */
  public record Difference(Map<String, Set<String>> refused, Map<String, Set<String>> unseen) {}

  /** As JSON. */
  @ReadOperation
  public View view() {
    Map<String, Rule> inForce = new TreeMap<>();
    rules.all().forEach(rule -> inForce.put(rule.pattern(), Rule.of(rule)));
    LearnedRules seen = seen();
    return new View(
        properties.modeInForce().name().toLowerCase(Locale.ROOT),
        inForce,
        seen.learned(),
        learned.leftOut(),
        new Difference(seen.refused(), seen.unseen()));
  }

  /** As YAML. */
  @ReadOperation(produces = MimeTypeUtils.TEXT_PLAIN_VALUE)
  public WebEndpointResponse<@Nullable String> text(@Selector String format) {
    return format.equals("yaml")
        ? new WebEndpointResponse<>(seen().yaml())
        : new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND);
  }

  private LearnedRules seen() {
    List<String> methods = served.names().stream().filter(name -> name.contains("/")).toList();
    return new LearnedRules(learned, rules, methods);
  }
}
