package dev.platform.core.authorization;

import static dev.platform.core.identity.IdentifiedServer.METHOD;
import static dev.platform.core.identity.IdentifiedServer.SERVICE;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.platform.core.LogLines;
import dev.platform.core.identity.AuthenticationServerInterceptor;
import dev.platform.core.identity.AuthenticationSettings;
import dev.platform.core.identity.CallerIdentity;
import dev.platform.core.identity.IdentifiedServer;
import dev.platform.core.identity.PeerIdentity;
import dev.platform.core.identity.SecurityAudit;
import dev.platform.core.identity.User;
import dev.platform.core.identity.WorkloadIdentities;
import dev.platform.core.outcome.Rejection;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Behind authentication, over a real socket. */
class AuthorizationServerInterceptorTest {

  private static final Metadata.Key<String> PUSHBACK =
      Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER);

  @RegisterExtension final LogLines log = LogLines.ofAll();

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final LearnedCalls learned = new LearnedCalls(10);
  private final AtomicLong nanos = new AtomicLong();
  private AuthorizationMode mode = AuthorizationMode.ENFORCE;
  private @Nullable IdentifiedServer server;

  private IdentifiedServer start(Map<String, RuleSettings> rules) throws IOException {
    SecurityAudit audit = new SecurityAudit(nanos::get);
    server =
        new IdentifiedServer(
            new AuthenticationServerInterceptor(
                AuthenticationSettings.defaults("shop"),
                WorkloadIdentities.of(null, List.of()),
                token ->
                    new User(token, "", token.equals("boss") ? Set.of("admin") : Set.of(), null),
                audit,
                meters,
                Clock.systemUTC(),
                nanos::get),
            new AuthorizationServerInterceptor(
                AuthorizationRules.of(rules), mode, learned, audit, meters));
    return server;
  }

  @AfterEach
  void stop() {
    if (server != null) {
      server.close();
    }
  }

  @Test
  void anAllowedCallPasses() throws IOException {
    start(Map.of(SERVICE + "/*", RuleSettings.callers("order-app")))
        .peer(PeerIdentity.of("order-app"));

    assertThat(server.call()).isNull();
    assertThat(count("enforce", "allowed")).isEqualTo(1);
    assertThat(audit()).isEmpty();
  }

  @Test
  void anotherWorkloadIsRefused() throws IOException {
    start(Map.of(METHOD, RuleSettings.callers("order-app"))).peer(PeerIdentity.of("bank"));

    assertRefused(
        server.call(),
        Code.PERMISSION_DENIED,
        "bank may not call " + METHOD,
        "{\"caller\":\"bank\",\"method\":\"%s\",\"rule\":\"%s\",\"decision\":\"refused\",\"reason\":\"other-workload\"}"
            .formatted(METHOD, METHOD));
    assertThat(count("enforce", "refused")).isEqualTo(1);
  }

  @Test
  void aCallerThatProvesNothingIsAskedTo() throws IOException {
    start(Map.of(SERVICE + "/*", RuleSettings.callers("order-app")));

    assertRefused(
        server.call(),
        Code.UNAUTHENTICATED,
        "authentication required: workload",
        "\"reason\":\"no-workload\"");
  }

  @Test
  void whyACertificateProvesNothingIsForTheAuditLog() throws IOException {
    start(Map.of(SERVICE + "/*", RuleSettings.callers("order-app")))
        .peer(PeerIdentity.none("the certificate has 2 URIs (expected: one)"));

    assertRefused(
        server.call(),
        Code.UNAUTHENTICATED,
        "authentication required: workload",
        "\"reason\":\"no-workload: the certificate has 2 URIs (expected: one)\"");
  }

  @Test
  void aMethodWithoutARuleIsNobodys() throws IOException {
    start(Map.of("other.v1.Service/*", RuleSettings.callers("any")))
        .peer(PeerIdentity.of("order-app"));

    assertRefused(
        server.call(),
        Code.PERMISSION_DENIED,
        "order-app may not call " + METHOD,
        METHOD + "\",\"decision\":\"refused\",\"reason\":\"no-rule\"");
  }

  @Test
  void withoutRulesEnforcingIsForNobody() throws IOException {
    start(Map.of());

    assertRefused(
        server.call(),
        Code.PERMISSION_DENIED,
        "an anonymous caller may not call " + METHOD,
        "\"reason\":\"no-rule\"");
  }

  @Test
  void aUserIsAskedFor() throws IOException {
    start(Map.of(METHOD, RuleSettings.callers("order-app").withUser()))
        .tls()
        .peer(PeerIdentity.of("order-app"));

    assertRefused(
        server.call(),
        Code.UNAUTHENTICATED,
        "authentication required: user",
        "\"reason\":\"no-user\"");
    assertThat(server.callAs("ann")).isNull();
  }

  @Test
  void whichRolesAreNeededIsNotSaid() throws IOException {
    start(Map.of(METHOD, RuleSettings.callers("order-app").withRoles("admin")))
        .tls()
        .peer(PeerIdentity.of("order-app"));

    assertRefused(
        server.callAs("ann"),
        Code.PERMISSION_DENIED,
        "this user may not call " + METHOD,
        "\"reason\":\"no-role\"");
    assertThat(audit()).noneMatch(line -> line.contains("ann"));
    assertThat(server.callAs("boss")).isNull();
  }

  @Test
  void aTokenWithoutTlsIsNoUser() throws IOException {
    start(Map.of(METHOD, RuleSettings.callers("order-app").withUser()))
        .peer(PeerIdentity.of("order-app"));

    assertRefused(
        server.callAs("ann"),
        Code.UNAUTHENTICATED,
        "authentication required: user",
        "\"reason\":\"no-user\"");
  }

  @Test
  void inShadowAllPassesAndIsReportedAndLearned() throws IOException {
    mode = AuthorizationMode.SHADOW;
    start(Map.of(METHOD, RuleSettings.callers("payment-app"))).peer(PeerIdentity.of("order-app"));

    assertThat(server.call()).isNull();

    assertThat(count("shadow", "refused")).isEqualTo(1);
    assertThat(audit())
        .singleElement()
        .asString()
        .contains("\"decision\":\"shadow\",\"reason\":\"other-workload\"");
    assertThat(learned.callersByMethod()).isEqualTo(Map.of(METHOD, Set.of("order-app")));
  }

  @Test
  void theAuditLogIsBounded() throws IOException {
    start(Map.of());

    for (int i = 0; i < 130; i++) {
      assertThat(server.call()).isNotNull();
    }
    assertThat(audit()).hasSize(100);
    nanos.addAndGet(1_000_000_000);
    assertThat(server.call()).isNotNull();
    assertThat(audit()).hasSize(101);
    assertThat(audit().get(100)).contains("\"left_out\":30");
  }

  @Test
  void aDecisionThatAllowsACallAllocatesNothing() {
    AuthorizedMethod method =
        new AuthorizedMethod(
            AuthorizationRules.of(
                    Map.of(METHOD, RuleSettings.callers("a", "b", "order-app").withRoles("admin")))
                .of(METHOD),
            METHOD,
            AuthorizationMode.ENFORCE,
            meters);
    CallerIdentity caller =
        CallerIdentity.of("order-app").onBehalfOf(new User("u", "", Set.of("admin"), null), "t");
    decide(method, caller, 50_000);

    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
    decide(method, caller, 10_000);
    long allocated = threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;

    // What the measurement itself allocates.
    assertThat(allocated).isLessThan(1_000);
  }

  private static void decide(AuthorizedMethod method, CallerIdentity caller, int times) {
    for (int i = 0; i < times; i++) {
      if (method.decide(caller) != Decision.ALLOWED) {
        throw new AssertionError("refused");
      }
    }
  }

  private void assertRefused(
      @Nullable StatusRuntimeException refused, Code code, String description, String line) {
    assertThat(refused).isNotNull();
    Status status = refused.getStatus();
    assertThat(status.getCode()).isEqualTo(code);
    assertThat(status.getDescription()).isEqualTo(description);
    assertThat(Rejection.of(refused.getTrailers())).contains(Rejection.AUTHORIZATION);
    assertThat(refused.getTrailers().get(PUSHBACK)).isEqualTo("-1");
    assertThat(server.callers).isEmpty();
    assertThat(audit()).singleElement().asString().contains(line);
    assertThat(learned.callersByMethod()).isEmpty();
  }

  private List<String> audit() {
    return log.lines().stream().filter(line -> line.contains("\"decision\"")).toList();
  }

  private double count(String inMode, String decision) {
    return meters
        .get("platform.security.authorization")
        .tags("method", METHOD, "mode", inMode, "decision", decision)
        .counter()
        .count();
  }
}
