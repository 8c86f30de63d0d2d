package dev.platform.core.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.core.LogLines;
import dev.platform.core.identity.InvalidTokenException.Reason;
import dev.platform.core.outcome.Rejection;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Calls over a real socket and in process; TLS and certificates are what a filter says. */
class AuthenticationServerInterceptorTest {

  private static final Instant NOW = Instant.parse("2026-11-30T12:00:00Z");
  private static final Metadata.Key<String> PUSHBACK =
      Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER);

  @RegisterExtension final LogLines log = LogLines.ofAll();

  private final AtomicLong nanos = new AtomicLong();
  private final AtomicInteger verified = new AtomicInteger();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private AuthenticationSettings settings = AuthenticationSettings.defaults("shop");
  private TokenVerifier verifier = this::verify;
  private @Nullable IdentifiedServer server;

  /** {@code user-<subject>} is a token; it ends in 30 s with the subject {@code brief}. */
  private User verify(String token) throws InvalidTokenException {
    verified.incrementAndGet();
    if (!token.startsWith("user-")) {
      throw new InvalidTokenException(Reason.SIGNATURE);
    }
    String subject = token.substring(5);
    return new User(
        subject,
        "https://issuer.example",
        Set.of("customer"),
        subject.equals("brief") ? NOW.plusSeconds(30) : null);
  }

  private IdentifiedServer start() throws IOException {
    server = new IdentifiedServer(authentication());
    return server;
  }

  private AuthenticationServerInterceptor authentication() {
    return new AuthenticationServerInterceptor(
        settings,
        WorkloadIdentities.of("mall.example", List.of()),
        verifier,
        new SecurityAudit(nanos::get),
        meters,
        Clock.fixed(NOW, ZoneOffset.UTC),
        nanos::get);
  }

  /** As that of an application's other entrance, outside of the chain. */
  private static ServerInterceptor naming(String subject) {
    return new ServerInterceptor() {
      @Override
      public <Q, A> ServerCall.Listener<Q> interceptCall(
          ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        CallerIdentity caller =
            CallerIdentity.anonymous().onBehalfOf(new User(subject, "session", Set.of(), null));
        return Contexts.interceptCall(caller.attachedTo(Context.current()), call, headers, next);
      }
    };
  }

  @AfterEach
  void stop() {
    if (server != null) {
      server.close();
    }
  }

  @Test
  void theWorkloadIsWhatTheConnectionProves() throws IOException {
    start().peer(PeerIdentity.of("order-app"));

    assertThat(server.call()).isNull();

    assertThat(server.onlyCaller().workload()).contains("order-app");
    assertThat(server.onlyCaller().user()).isEmpty();
    assertThat(count("workload", "proved")).isEqualTo(1);
  }

  @Test
  void aCallWithoutCredentialsGoesOnAsAnonymous() throws IOException {
    start().peer(PeerIdentity.none("the certificate has 2 URIs (expected: one)"));

    assertThat(server.call()).isNull();

    assertThat(server.onlyCaller()).isSameAs(CallerIdentity.anonymous());
    assertThat(count("workload", "none")).isEqualTo(1);
  }

  @Test
  void aCallInProcessIsTheProcesssOwn() throws IOException {
    start();

    assertThat(IdentifiedServer.call(server.inProcessChannel())).isNull();

    assertThat(server.onlyCaller().workload()).contains("shop");
  }

  @Test
  void inProcessTheUserMayBeKnownAlready() throws IOException {
    server = new IdentifiedServer(naming("ann"), authentication());

    assertThat(IdentifiedServer.call(server.inProcessChannel())).isNull();

    assertThat(server.onlyCaller().workload()).contains("shop");
    assertThat(server.onlyCaller().user().orElseThrow().subject()).isEqualTo("ann");
    assertThat(server.onlyCaller().token()).isEmpty();
  }

  @Test
  void overASocketOnlyATokenProvesAUser() throws IOException {
    server = new IdentifiedServer(naming("ann"), authentication());
    server.peer(PeerIdentity.of("order-app"));

    assertThat(server.call()).isNull();

    assertThat(server.onlyCaller().workload()).contains("order-app");
    assertThat(server.onlyCaller().user()).isEmpty();
  }

  @Test
  void theUserIsWhomTheTokenProves() throws IOException {
    start().tls().peer(PeerIdentity.of("order-app"));

    assertThat(server.callAs("user-ann")).isNull();

    CallerIdentity caller = server.onlyCaller();
    assertThat(caller.workload()).contains("order-app");
    assertThat(caller.user().orElseThrow().subject()).isEqualTo("ann");
    assertThat(caller.toString()).isEqualTo("order-app for a user");
    assertThat(caller.user().toString()).doesNotContain("ann");
    assertThat(count("user", "proved")).isEqualTo(1);
  }

  @Test
  void theSchemeIsReadAsHttpDoes() throws IOException {
    start().tls();

    assertThat(server.callWith("authorization", "bEaReR   user-ann ")).isNull();
    assertThat(server.onlyCaller().user()).isPresent();
  }

  @Test
  void otherSchemesAreLeftToOthers() throws IOException {
    start().tls();

    assertThat(server.callWith("authorization", "Basic YW5uOnNlY3JldA==")).isNull();
    assertThat(server.onlyCaller().user()).isEmpty();
    assertThat(verified).hasValue(0);
  }

  @ParameterizedTest
  @EnumSource(value = Reason.class, names = "UNAVAILABLE", mode = EnumSource.Mode.EXCLUDE)
  void aRefusedTokenSaysWhyToTheHonestOnly(Reason reason) throws IOException {
    verifier =
        token -> {
          throw new InvalidTokenException(reason, new IllegalStateException("key 17 of issuer x"));
        };
    start().tls().peer(PeerIdentity.of("order-app"));

    StatusRuntimeException refused = server.callAs("any");

    assertRefused(
        refused,
        Status.Code.UNAUTHENTICATED,
        "authentication failed: " + reason.text(),
        reason.id());
    assertThat(count("user", "invalid")).isEqualTo(1);
  }

  @Test
  void signatureAlgorithmAndFormLookTheSame() {
    assertThat(List.of(Reason.MALFORMED.text(), Reason.ALGORITHM.text(), Reason.SIGNATURE.text()))
        .containsOnly("the token is not valid");
  }

  @Test
  void twoAuthorizationHeadersAreRefused() throws IOException {
    start().tls();

    assertRefused(
        server.callWith("authorization", "Bearer user-ann", "Bearer user-bob"),
        Status.Code.UNAUTHENTICATED,
        "authentication failed: more than one authorization header",
        "several-authorization-headers");
    assertThat(verified).hasValue(0);
  }

  @Test
  void aHugeTokenIsRefusedUnread() throws IOException {
    settings = new AuthenticationSettings("shop", Set.of(), false, 256, 10, 20);
    start().tls();

    assertRefused(
        server.callAs("user-" + "x".repeat(300)),
        Status.Code.UNAUTHENTICATED,
        "authentication failed: the token has more than 256 bytes",
        "token-size");
    assertThat(verified).hasValue(0);
  }

  @Test
  void whatIsNoTokenIsRefusedUnread() throws IOException {
    start().tls();

    assertRefused(
        server.callAs("user-ann, Bearer user-bob"),
        Status.Code.UNAUTHENTICATED,
        "authentication failed: the token is not valid",
        "token-malformed");
    assertThat(verified).hasValue(0);
  }

  @Test
  void anIssuerThatIsAwayIsNoFaultOfTheCaller() throws IOException {
    verifier =
        token -> {
          throw new InvalidTokenException(Reason.UNAVAILABLE);
        };
    settings = settings.withMaxFailuresPerSecond(1);
    start().tls();

    for (int i = 0; i < 3; i++) {
      StatusRuntimeException refused = server.callAs("user-ann");
      assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
      assertThat(refused.getStatus().getDescription())
          .isEqualTo("authentication failed: the token can't be checked now");
    }
    assertThat(count("user", "unchecked")).isEqualTo(3);
  }

  @Test
  void aVerifierThatFailsLetsNobodyIn() throws IOException {
    verifier =
        token -> {
          throw new IllegalStateException("broken");
        };
    start().tls();

    assertThat(server.callAs("user-ann").getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(server.callers).isEmpty();
    assertThat(log.count("A token can't be checked: the verifier failed")).isEqualTo(1);
  }

  @Test
  void aTokenWithoutTlsIsIgnoredAndCounted() throws IOException {
    start().peer(PeerIdentity.none("no TLS"));

    assertThat(server.callAs("user-ann")).isNull();
    assertThat(server.callAs("user-ann")).isNull();

    assertThat(server.callers)
        .containsExactly(CallerIdentity.anonymous(), CallerIdentity.anonymous());
    assertThat(count("user", "ignored")).isEqualTo(2);
    assertThat(verified).hasValue(0);
    assertThat(log.count("sent an authorization header without TLS")).isEqualTo(1);
  }

  @Test
  void behindAMeshATokenNeedsNoTls() throws IOException {
    settings = settings.withTokensWithoutTls();
    start();

    assertThat(server.callAs("user-ann")).isNull();
    assertThat(server.onlyCaller().user()).isPresent();
  }

  @Test
  void withoutAVerifierTheHeaderIsTheApplications() throws IOException {
    server =
        new IdentifiedServer(
            new AuthenticationServerInterceptor(
                settings,
                WorkloadIdentities.of(null, List.of()),
                null,
                new SecurityAudit(nanos::get),
                meters,
                Clock.systemUTC(),
                nanos::get));
    server.tls();

    assertThat(server.callWith("authorization", "Bearer x", "Bearer y")).isNull();
  }

  @Test
  void aTokenIsCheckedOnceAMinute() throws IOException {
    start().tls();

    for (int i = 0; i < 3; i++) {
      assertThat(server.callAs("user-ann")).isNull();
    }
    assertThat(verified).hasValue(1);
    nanos.addAndGet(Duration.ofSeconds(60).toNanos());
    assertThat(server.callAs("user-ann")).isNull();
    assertThat(verified).hasValue(2);
  }

  @Test
  void aTokenWithMoreWhiteSpaceThanNeededIsCheckedEachTime() throws IOException {
    start().tls();

    for (int i = 0; i < 3; i++) {
      assertThat(server.callWith("authorization", "Bearer  user-ann")).isNull();
    }
    assertThat(verified).hasValue(3);
  }

  @Test
  void aTokenIsNotRememberedBeyondItsEnd() throws IOException {
    start().tls();

    assertThat(server.callAs("user-brief")).isNull();
    nanos.addAndGet(Duration.ofSeconds(29).toNanos());
    assertThat(server.callAs("user-brief")).isNull();
    assertThat(verified).hasValue(1);
    nanos.addAndGet(Duration.ofSeconds(1).toNanos());
    assertThat(server.callAs("user-brief")).isNull();
    assertThat(verified).hasValue(2);
  }

  @Test
  void aRememberedTokenIsOfTheWorkloadThatSendsIt() {
    VerifiedTokens tokens = new VerifiedTokens(10, Clock.fixed(NOW, ZoneOffset.UTC), nanos::get);
    User ann = new User("ann", "", Set.of(), null);
    CallerIdentity order = CallerIdentity.of("order-app");
    tokens.add("t", order.onBehalfOf(ann, "t"), ann);

    assertThat(tokens.find("t", CallerIdentity.of("other-app")).workload()).contains("other-app");
    assertThat(tokens.find("t", order).workload()).contains("order-app");
    assertThat(tokens.find("t", CallerIdentity.anonymous()).workload()).isEmpty();
  }

  @Test
  void aFloodOfBadTokensIsRefusedUnread() throws IOException {
    settings = settings.withMaxFailuresPerSecond(5);
    start().tls();
    assertThat(server.callAs("user-known")).isNull();

    for (int i = 0; i < 5; i++) {
      assertThat(server.callAs("bad-" + i).getStatus().getCode())
          .isEqualTo(Status.Code.UNAUTHENTICATED);
    }
    int before = verified.get();
    for (int i = 0; i < 5; i++) {
      StatusRuntimeException refused = server.callAs("user-new-" + i);
      assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
      assertThat(refused.getStatus().getDescription())
          .isEqualTo("authentication failed: too many tokens of this address were refused");
      assertThat(Rejection.of(refused.getTrailers())).contains(Rejection.AUTHENTICATION);
      assertThat(refused.getTrailers().get(PUSHBACK)).isEqualTo("-1");
    }
    assertThat(verified).hasValue(before);
    assertThat(count("user", "limited")).isEqualTo(5);

    // Others behind the same proxy go on.
    assertThat(server.callAs("user-known")).isNull();
    assertThat(server.call()).isNull();

    nanos.addAndGet(Duration.ofSeconds(1).toNanos());
    assertThat(server.callAs("user-new")).isNull();
  }

  @Test
  void aTrustedProxyNamesItsClient() throws IOException {
    settings = settings.withTrustedProxies(Set.of(InetAddress.getByName("127.0.0.1")));
    start();

    server.callWith(
        "x-forwarded-client-cert",
        "By=spiffe://mall.example/x;URI=spiffe://mall.example/liar,"
            + "By=spiffe://mall.example/shop;Hash=ab;Subject=\"CN=a,URI=spiffe://mall.example/no\";"
            + "URI=spiffe://mall.example/order-app");

    assertThat(server.onlyCaller().workload()).contains("order-app");
  }

  @Test
  void whatAProxySaysOfSeveralOrForeignOrNoUrisProvesNothing() throws IOException {
    settings = settings.withTrustedProxies(Set.of(InetAddress.getByName("127.0.0.1")));
    start();

    for (String header :
        List.of(
            "URI=spiffe://mall.example/a;URI=spiffe://mall.example/b",
            "URI=spiffe://other.example/a",
            "By=spiffe://mall.example/a;Hash=ab",
            "URI=spiffe://mall.example/a,",
            "URI=\"spiffe://mall.example/a",
            "URI=spiffe://mall.example/a".repeat(200))) {
      assertThat(server.callWith("x-forwarded-client-cert", header)).isNull();
    }
    assertThat(server.callers).hasSize(6).containsOnly(CallerIdentity.anonymous());
  }

  @Test
  void aForwardedCertificateHasABound() {
    String header = "URI=spiffe://mall.example/a";

    assertThat(ForwardedCertificate.uris(header)).containsExactly("spiffe://mall.example/a");
    assertThat(ForwardedCertificate.uris("x".repeat(16 * 1024) + ";" + header)).isNull();
  }

  @Test
  void nobodyElseNamesClients() throws IOException {
    settings = settings.withTrustedProxies(Set.of(InetAddress.getByName("192.0.2.1")));
    start();

    server.callWith("x-forwarded-client-cert", "URI=spiffe://mall.example/order-app");

    assertThat(server.onlyCaller()).isSameAs(CallerIdentity.anonymous());
  }

  private void assertRefused(
      @Nullable StatusRuntimeException refused,
      Status.Code code,
      String description,
      String reason) {
    assertThat(refused).isNotNull();
    assertThat(refused.getStatus().getCode()).isEqualTo(code);
    assertThat(refused.getStatus().getDescription()).isEqualTo(description);
    assertThat(Rejection.of(refused.getTrailers())).contains(Rejection.AUTHENTICATION);
    assertThat(refused.getTrailers().get(PUSHBACK)).isEqualTo("-1");
    assertThat(server.callers).isEmpty();
    assertThat(log.lines())
        .filteredOn(line -> line.contains("\"decision\""))
        .singleElement()
        .asString()
        .startsWith("INFO {")
        .contains("\"method\":\"" + IdentifiedServer.METHOD + "\"")
        .contains("\"decision\":\"refused\",\"reason\":\"" + reason + "\"")
        .doesNotContain("user-", "key 17");
  }

  private double count(String kind, String outcome) {
    return meters
        .get("platform.security.authentication")
        .tags("kind", kind, "outcome", outcome)
        .counter()
        .count();
  }
}
