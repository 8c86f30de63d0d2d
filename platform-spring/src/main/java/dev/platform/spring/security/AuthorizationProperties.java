package dev.platform.spring.security;

import dev.platform.core.authorization.AuthorizationMode;
import dev.platform.core.authorization.AuthorizationRules;
import dev.platform.core.authorization.LearnedCalls;
import dev.platform.core.authorization.RuleSettings;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Which caller may make which call.
 *
 * @param mode what the rules do; {@code enforce} by default if there are rules, else {@code off}
 * @param rules by {@code "[package.Service/Method]"}, or {@code "[package.Service/*]"} for the
 *     service's methods that have no rule of their own. A method without a rule may be called by
 *     nobody
 * @param learnedPairs how many pairs of a method and a caller the mode {@code shadow} learns, 1 to
 *     100000
 */
@ConfigurationProperties(AuthorizationProperties.PREFIX)
public record AuthorizationProperties(
    @Nullable AuthorizationMode mode,
    @DefaultValue Map<String, Rule> rules,
    @DefaultValue("1000") int learnedPairs) {

  static final String PREFIX = "platform.security.authorization";

  /**
   * Who may make a call.
   *
   * @param callers the workloads that may; {@code any} for all, also without identity. Without
   *     callers the user alone decides
   * @param roles the user must have one of these
   * @param user {@code required}, or {@code optional}, the default where there are no roles
   */
  public record Rule(
      @Nullable List<String> callers, @Nullable List<String> roles, @Nullable String user) {}

  public AuthorizationProperties {
    rules = Map.copyOf(rules);
    LearnedCalls.checkPairs(learnedPairs);
    parse(rules);
  }

  AuthorizationMode modeInForce() {
    if (mode != null) {
      return mode;
    }
    return rules.isEmpty() ? AuthorizationMode.OFF : AuthorizationMode.ENFORCE;
  }

  AuthorizationRules parsed() {
    return parse(rules);
  }

  private static AuthorizationRules parse(Map<String, Rule> rules) {
    Map<String, RuleSettings> settings = new TreeMap<>();
    rules.forEach(
        (pattern, rule) ->
            settings.put(pattern, new RuleSettings(rule.callers(), rule.roles(), rule.user())));
    return AuthorizationRules.of(settings);
  }
}
