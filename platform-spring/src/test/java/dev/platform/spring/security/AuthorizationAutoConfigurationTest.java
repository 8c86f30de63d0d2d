package dev.platform.spring.security;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.core.chain.ServerLink;
import dev.platform.core.chain.ServerStage;
import dev.platform.core.identity.TokenVerifier;
import dev.platform.core.identity.User;
import dev.platform.core.identity.WorkloadIdentities;
import dev.platform.core.identity.WorkloadIdentity;
import dev.platform.spring.check.ConfigurationRule;
import dev.platform.spring.check.Finding;
import dev.platform.spring.check.ServedMethods;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.protobuf.services.HealthStatusManager;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** Rules as properties, and what is said about them at start. */
class AuthorizationAutoConfigurationTest {

  private static final String RULES = "platform.security.authorization.rules";
  private static final String HEALTH = RULES + "[grpc.health.v1.Health/*].";
  private static final String MODE = "platform.security.authorization.mode=";
  private static final String STRICT = "platform.security.transport.mode=strict";

  private final ApplicationContextRunner app =
      new ApplicationContextRunner()
          .withConfiguration(
              AutoConfigurations.of(
                  AuthenticationAutoConfiguration.class, AuthorizationAutoConfiguration.class))
          .withBean(
              ServedMethods.class,
              () ->
                  new ServedMethods(
                      () -> List.of(new HealthStatusManager().getHealthService().bindService())))
          .withBean(
              WorkloadIdentities.class,
              () ->
                  WorkloadIdentities.of(
                      null,
                      List.of(
                          new WorkloadIdentity(
                              "order-app", null, Set.of("order"), Set.of("order-service")))))
          .withPropertyValues("spring.application.name=shop");

  @Test
  void withoutRulesNothingIsAuthorized() {
    app.run(
        context -> {
          assertThat(stages(context.getBeansOfType(ServerLink.class).values()))
              .containsExactly(ServerStage.AUTHENTICATION);
          assertThat(context).doesNotHaveBean(ConfigurationRule.class);
        });
    app.withPropertyValues(MODE + "off", HEALTH + "callers=any")
        .run(context -> assertThat(context).doesNotHaveBean(ConfigurationRule.class));
  }

  @Test
  void rulesAreEnforcedUnlessSomethingElseIsSaid() {
    app.withPropertyValues(HEALTH + "callers=any")
        .run(
            context -> {
              assertThat(stages(context.getBeansOfType(ServerLink.class).values()))
                  .containsExactlyInAnyOrder(ServerStage.AUTHENTICATION, ServerStage.AUTHORIZATION);
              assertThat(context.getBean(AuthorizationProperties.class).modeInForce())
                  .hasToString("ENFORCE");
              assertThat(findings(context.getBean(ConfigurationRule.class))).isEmpty();
            });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          [a.B].callers=any                             | platform.security.authorization.rules: a.B (expected: "[package.Service/Method]" or "[package.Service/*]")
          [a.B/C].callers=                              | platform.security.authorization.rules[a.B/C].callers: (empty) (expected: any, or names of workloads)
          [a.B/C].user=sometimes                        | platform.security.authorization.rules[a.B/C].user: sometimes (expected: required or optional)
          """)
  void aMalformedRuleStopsTheStart(String rule, String message) {
    app.withPropertyValues(RULES + rule)
        .run(context -> assertThat(context.getStartupFailure()).hasRootCauseMessage(message));
  }

  @Test
  void callersThatProveNothingCantBeEnforced() {
    app.withPropertyValues(HEALTH + "callers=order-app")
        .run(
            context ->
                assertThat(context.getStartupFailure())
                    .hasRootCauseMessage(
                        HEALTH
                            + "callers: [order-app] (expected: any, while callers prove nothing: set"
                            + " platform.security.transport.mode to permissive or strict; behind a mesh"
                            + " platform.security.xfcc.trusted-proxies; or"
                            + " platform.security.authorization.mode to shadow)"));
    app.withPropertyValues(HEALTH + "callers=order-app", MODE + "shadow")
        .run(
            context ->
                assertThat(findings(context.getBean(ConfigurationRule.class)))
                    .singleElement()
                    .asString()
                    .startsWith(HEALTH + "callers: [order-app] (expected: any, while callers"));
    app.withPropertyValues(HEALTH + "callers=shop")
        .run(context -> assertThat(context).hasNotFailed());
    app.withPropertyValues(
            HEALTH + "callers=order-app", "platform.security.xfcc.trusted-proxies=127.0.0.1")
        .run(context -> assertThat(context).hasNotFailed());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          callers=order-ap  | [grpc.health.v1.Health/*].callers: order-ap (expected: a workload of platform.security.identities, [order-app, shop])
          user=required     | [grpc.health.v1.Health/*]: needs a user (expected: a bean of type JwtDecoder or TokenVerifier: without one no call has a user)
          """)
  void aRuleThatNobodyCanFulfilIsFound(String rule, String message) {
    app.withPropertyValues(STRICT, HEALTH + rule)
        .run(
            context ->
                assertThat(findings(context.getBean(ConfigurationRule.class)))
                    .containsExactly(RULES + message));
  }

  @Test
  void anotherApplicationsRuleMayNeedUsers() {
    app.withPropertyValues(
            STRICT, HEALTH + "callers=any", RULES + "[other.v1.Service/Of].user=required")
        .run(context -> assertThat(findings(context.getBean(ConfigurationRule.class))).isEmpty());
  }

  @Test
  void aMethodThatDoesNotExistIsFound() {
    app.withPropertyValues(
            STRICT,
            RULES + "[grpc.health.v1.Health/Chek].callers=any",
            HEALTH + "callers=any",
            RULES + "[other.v1.Service/Of].callers=order-app")
        .run(
            context ->
                assertThat(findings(context.getBean(ConfigurationRule.class)))
                    .containsExactly(
                        RULES
                            + ": grpc.health.v1.Health/Chek (expected: a method that"
                            + " grpc.health.v1.Health has: "
                            + methods()
                            + ")"));
  }

  @Test
  void aRuleThatIsNeverUsedIsFound() {
    ApplicationContextRunner all = app.withPropertyValues(STRICT, HEALTH + "callers=any");
    for (var method : HealthGrpc.getServiceDescriptor().getMethods()) {
      all = all.withPropertyValues(RULES + "[" + method.getFullMethodName() + "].callers=any");
    }
    all.run(
        context ->
            assertThat(findings(context.getBean(ConfigurationRule.class)))
                .containsExactly(
                    RULES
                        + ": grpc.health.v1.Health/* (expected: a method without a rule of its own:"
                        + " this one is never used)"));
  }

  @Test
  void aServiceWithoutARuleIsFound() {
    app.withPropertyValues(STRICT, RULES + "[other.v1.Service/*].callers=order-app")
        .run(
            context ->
                assertThat(findings(context.getBean(ConfigurationRule.class)))
                    .containsExactly(
                        RULES
                            + ": (none for grpc.health.v1.Health) (expected:"
                            + " \"[grpc.health.v1.Health/*]\": { callers: any }, for probes)"));
  }

  @Test
  void enforcingNothingIsFound() {
    app.withPropertyValues(STRICT, MODE + "enforce")
        .run(
            context ->
                assertThat(findings(context.getBean(ConfigurationRule.class)))
                    .containsExactly(
                        RULES + ": (none) (expected: rules: without any, all calls are refused)"));
  }

  @Test
  void usersNeedSomethingThatChecksThem() {
    app.withPropertyValues("platform.security.user.enabled=true")
        .run(
            context ->
                assertThat(context.getStartupFailure())
                    .rootCause()
                    .hasMessageStartingWith(
                        "platform.security.user.enabled: true (expected: one bean of type"
                            + " JwtDecoder"));
    app.withPropertyValues("platform.security.user.enabled=true")
        .withBean(TokenVerifier.class, () -> token -> new User(token, "", Set.of(), null))
        .run(context -> assertThat(context).hasNotFailed());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          user.max-token-size=10B          | user.max-token-size: 10B (expected: 256B to 1MB)
          user.cache-size=-1               | user.cache-size: -1 (expected: 0 to 1000000)
          user.max-failures-per-second=0   | user.max-failures-per-second: 0 (expected: 1 to 1000000)
          user.clock-skew=10m              | user.clock-skew: 600s (expected: 0s to 5m)
          user.roles-claim=                | user.roles-claim: (empty) (expected: the name of a claim)
          xfcc.trusted-proxies=localhost   | xfcc.trusted-proxies: localhost (expected: IP addresses)
          """)
  void badValuesStopTheStart(String property, String message) {
    app.withPropertyValues("platform.security." + property)
        .run(
            context ->
                assertThat(context.getStartupFailure())
                    .hasRootCauseMessage("platform.security." + message));
  }

  @Test
  void proxiesAreForPlaintext() {
    app.withPropertyValues(STRICT, "platform.security.xfcc.trusted-proxies=127.0.0.1,::1")
        .run(
            context ->
                assertThat(context.getStartupFailure())
                    .hasRootCauseMessage(
                        "platform.security.xfcc.trusted-proxies: [127.0.0.1, ::1] (expected: none"
                            + " unless platform.security.transport.mode is plaintext)"));
  }

  private static List<String> findings(ConfigurationRule rule) {
    return rule.findings().stream().map(Finding::toString).toList();
  }

  private static List<ServerStage> stages(Collection<ServerLink> links) {
    return links.stream().map(ServerLink::stage).toList();
  }

  private static Set<String> methods() {
    Set<String> names = new TreeSet<>();
    HealthGrpc.getServiceDescriptor()
        .getMethods()
        .forEach(method -> names.add(method.getFullMethodName()));
    return names;
  }
}
