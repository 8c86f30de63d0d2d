package dev.platform.core.authorization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.platform.core.InvalidPropertyException;
import dev.platform.core.identity.CallerIdentity;
import dev.platform.core.identity.User;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AuthorizationRulesTest {

  private static final String PROPERTY = "platform.security.authorization.rules";
  private static final CallerIdentity NOBODY = CallerIdentity.anonymous();
  private static final CallerIdentity ORDER = CallerIdentity.of("order-app");

  @Test
  void theMostSpecificRuleReplacesTheOthers() {
    AuthorizationRules rules =
        AuthorizationRules.of(
            Map.of(
                "a.B/*", RuleSettings.callers("order-app", "payment-app"),
                "a.B/Refund", RuleSettings.callers("payment-app")));

    assertThat(decide(rules, "a.B/Charge", ORDER)).isEqualTo(Decision.ALLOWED);
    assertThat(decide(rules, "a.B/Refund", ORDER)).isEqualTo(Decision.OTHER_WORKLOAD);
    assertThat(decide(rules, "a.B/Refund", CallerIdentity.of("payment-app")))
        .isEqualTo(Decision.ALLOWED);
    assertThat(rules.of("a.C/Charge")).isNull();
    assertThat(rules.of("no method")).isNull();
  }

  @Test
  void anyIsEverybody() {
    AuthorizationRules rules = rule(new RuleSettings(List.of("any"), null, null));

    assertThat(decide(rules, "a.B/C", NOBODY)).isEqualTo(Decision.ALLOWED);
    assertThat(decide(rules, "a.B/C", ORDER)).isEqualTo(Decision.ALLOWED);
  }

  @Test
  void namedCallersMustBeProved() {
    AuthorizationRules rules = rule(RuleSettings.callers("order-app"));

    assertThat(decide(rules, "a.B/C", NOBODY)).isEqualTo(Decision.NO_WORKLOAD);
    assertThat(decide(rules, "a.B/C", user(NOBODY, "stock-admin"))).isEqualTo(Decision.NO_WORKLOAD);
    assertThat(decide(rules, "a.B/C", CallerIdentity.of("order-app2")))
        .isEqualTo(Decision.OTHER_WORKLOAD);
  }

  @Test
  void oneRoleIsEnough() {
    AuthorizationRules rules = rule(RuleSettings.callers("order-app").withRoles("admin", "stock"));

    assertThat(decide(rules, "a.B/C", ORDER)).isEqualTo(Decision.NO_USER);
    assertThat(decide(rules, "a.B/C", user(ORDER, "customer"))).isEqualTo(Decision.NO_ROLE);
    assertThat(decide(rules, "a.B/C", user(ORDER, "stock"))).isEqualTo(Decision.ALLOWED);
    assertThat(decide(rules, "a.B/C", user(CallerIdentity.of("bank"), "stock")))
        .isEqualTo(Decision.OTHER_WORKLOAD);
  }

  @Test
  void withoutCallersTheUserDecides() {
    AuthorizationRules rules = rule(new RuleSettings(null, null, "required"));

    assertThat(decide(rules, "a.B/C", ORDER)).isEqualTo(Decision.NO_USER);
    assertThat(decide(rules, "a.B/C", user(NOBODY))).isEqualTo(Decision.ALLOWED);
  }

  @Test
  void aRuleWithoutAnythingIsForNobody() {
    AuthorizationRules rules = rule(new RuleSettings(null, null, null));

    assertThat(rules.all()).singleElement().matches(AuthorizationRule::isForNobody);
    assertThat(decide(rules, "a.B/C", user(ORDER, "admin"))).isEqualTo(Decision.OTHER_WORKLOAD);
    assertThat(decide(rules, "a.B/C", NOBODY)).isEqualTo(Decision.OTHER_WORKLOAD);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a.B", "a.B/", "/C", "*", "a.*/C", "a.B/C*", "aB*", "a.B/C/D", "a..B/C", "a.B/ C"})
  void aMalformedPatternIsRefused(String pattern) {
    assertThatThrownBy(
            () -> AuthorizationRules.of(Map.of(pattern, RuleSettings.callers("order-app"))))
        .isInstanceOf(InvalidPropertyException.class)
        .hasMessage(
            PROPERTY
                + ": "
                + pattern
                + " (expected: \"[package.Service/Method]\" or \"[package.Service/*]\")");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          any,order-app | -  | -        | .callers: [any, order-app] (expected: any alone, or names of workloads)
          ''            | -  | -        | .callers: (empty) (expected: any, or names of workloads)
          ' '           | -  | -        | .callers: (empty) (expected: any, or names of workloads: letters, digits, '.', '_', '-', '/')
          order app     | -  | -        | .callers: order app (expected: any, or names of workloads: letters, digits, '.', '_', '-', '/')
          /ns           | -  | -        | .callers: /ns (expected: any, or names of workloads: letters, digits, '.', '_', '-', '/')
          order-app     | '' | -        | .roles: (empty) (expected: names of roles)
          order-app     | -  | yes      | .user: yes (expected: required or optional)
          order-app     | -  | ''       | .user: (empty) (expected: required or optional)
          order-app     | a  | optional | .user: optional (expected: required, since only users have roles)
          -             | -  | optional | .user: optional (expected: required, or callers beside it: else anybody may call)
          """)
  void aRuleThatMeansNothingIsRefused(
      @Nullable String callers, @Nullable String roles, @Nullable String user, String message) {
    assertThatThrownBy(() -> rule(new RuleSettings(list(callers), list(roles), user)))
        .isInstanceOf(InvalidPropertyException.class)
        .hasMessage(PROPERTY + "[a.B/C]" + message);
  }

  private static @Nullable List<String> list(@Nullable String text) {
    if (text == null) {
      return null;
    }
    return text.isEmpty() ? List.of() : Arrays.asList(text.split(","));
  }

  private static AuthorizationRules rule(RuleSettings settings) {
    return AuthorizationRules.of(Map.of("a.B/C", settings));
  }

  private static Decision decide(AuthorizationRules rules, String method, CallerIdentity caller) {
    return rules.of(method).decide(caller);
  }

  private static CallerIdentity user(CallerIdentity workload, String... roles) {
    return workload.onBehalfOf(new User("ann", "", Set.of(roles), null), "token");
  }
}
