package dev.platform.core.authorization;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LearnedRulesTest {

  private final LearnedCalls calls = new LearnedCalls(4);

  @Test
  void areTheRulesThatTheCallsNeedAndHowTheyDiffer() {
    calls.learn("a.B/Charge", "payment-app");
    calls.learn("a.B/Charge", "order-app");
    calls.learn("a.B/Charge", "order-app");
    calls.learn("a.Health/Check", null);
    LearnedRules rules =
        new LearnedRules(
            calls,
            AuthorizationRules.of(
                Map.of(
                    "a.B/*", RuleSettings.callers("order-app", "bank"),
                    "a.Health/*", RuleSettings.callers("any"))),
            List.of("a.B/Charge", "a.B/Refund", "a.Health/Check"));

    assertThat(rules.yaml())
        .isEqualTo(
            """
            # Learned from calls that ended with OK. Users and roles are not learned: add them.
            platform:
              security:
                authorization:
                  rules:
                    "[a.B/Charge]": { callers: [order-app, payment-app] }
                    "[a.Health/Check]": { callers: any }  # called without a proved workload
            # Seen, and refused by the rules in force:
            #   a.B/Charge: [payment-app]
            # Allowed by the rules in force, and not seen:
            #   a.B/Charge: [bank]
            #   a.B/Refund: [bank, order-app]
            """);
    assertThat(rules.refused()).isEqualTo(Map.of("a.B/Charge", Set.of("payment-app")));
    assertThat(rules.unseen())
        .isEqualTo(Map.of("a.B/Charge", Set.of("bank"), "a.B/Refund", Set.of("bank", "order-app")));
  }

  @Test
  void aMethodThatIsAlsoCalledWithoutIdentityIsForAnyWithAComment() {
    calls.learn("a.B/C", null);
    calls.learn("a.B/C", "order-app");

    assertThat(learned().yaml())
        .contains(
            "\"[a.B/C]\": { callers: any }  # called without a proved workload, also by order-app");
    assertThat(learned().refused()).isEqualTo(Map.of("a.B/C", Set.of("any", "order-app")));
  }

  @Test
  void areNoneBeforeTheFirstCall() {
    assertThat(learned().yaml()).contains("rules: {}");
  }

  @Test
  void onlyTheFirstPairsAreRemembered() {
    for (int i = 0; i < 10; i++) {
      calls.learn("a.B/C" + i, "order-app");
    }
    calls.learn("a.B/C0", "order-app");

    assertThat(calls.callersByMethod()).hasSize(4);
    assertThat(calls.leftOut()).isEqualTo(6);
  }

  private LearnedRules learned() {
    return new LearnedRules(calls, AuthorizationRules.of(Map.of()), List.of());
  }
}
