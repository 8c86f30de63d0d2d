package dev.platform.order.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.core.identity.CallerIdentity;
import dev.platform.core.identity.InvalidTokenException;
import dev.platform.core.identity.InvalidTokenException.Reason;
import dev.platform.core.identity.User;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.ModelAndView;

class CustomerFilterTest {

  private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");

  private final AtomicReference<Status> refused = new AtomicReference<>();
  private final SessionCookies sessions = sessionsAt(NOW);
  private final BearerTokens tokens =
      new BearerTokens(
          token ->
              switch (token) {
                case "good" -> new User("ana", "https://issuer.example", Set.of(), null);
                case "away" -> throw new InvalidTokenException(Reason.UNAVAILABLE);
                default -> throw new InvalidTokenException(Reason.SIGNATURE);
              });

  @Test
  void aTokenCountsInAnOpenMallToo() {
    assertThat(callerOf(tokens, null, request("Bearer good"))).contains("ana");
    assertThat(callerOf(tokens, null, request("bearer good"))).contains("ana");
  }

  @Test
  void aBadTokenIsRefusedInsteadOfIgnored() {
    for (String header : List.of("Bearer bad", "Bearer", "Basic YTpi", "", "Bearer a b")) {
      callerOf(tokens, null, request(header));
      assertThat(refused.getAndSet(null).getCode())
          .as(header)
          .isEqualTo(Status.Code.UNAUTHENTICATED);
    }
    MockHttpServletRequest two = request("Bearer good");
    two.addHeader("Authorization", "Bearer good");
    callerOf(tokens, null, two);
    assertThat(refused.getAndSet(null).getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
    callerOf(tokens, null, request("Bearer " + "x".repeat(9000)));
    assertThat(refused.getAndSet(null).getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
  }

  @Test
  void anIssuerThatIsAwayIsNotTheClientsFault() {
    callerOf(tokens, null, request("Bearer away"));

    assertThat(refused.get().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
  }

  @Test
  void withoutAnIssuerAnOpenMallIgnoresTokensAndAnotherRefusesThem() {
    assertThat(callerOf(null, null, request("Bearer good"))).isEmpty();
    assertThat(refused.get()).isNull();

    callerOf(null, sessions, request("Bearer good"));
    assertThat(refused.get().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
  }

  @Test
  void aSessionIsItsUsersUntilItEnds() {
    MockHttpServletResponse visit = new MockHttpServletResponse();
    Session guest = sessions.newGuest(new MockHttpServletRequest(), visit);

    assertThat(callerOf(tokens, sessions, withCookie("GET", visit))).contains(guest.userId());
    assertThat(
            callerOf(tokens, sessionsAt(NOW.plus(Duration.ofHours(12))), withCookie("GET", visit)))
        .isEmpty();
  }

  @Test
  void aTokenIsPreferredToASession() {
    MockHttpServletResponse visit = new MockHttpServletResponse();
    sessions.newGuest(new MockHttpServletRequest(), visit);
    MockHttpServletRequest both = withCookie("POST", visit);
    both.addHeader("Authorization", "Bearer good");

    assertThat(callerOf(tokens, sessions, both)).contains("ana");
  }

  @Test
  void aChangeByCookieMustComeFromThisSite() {
    MockHttpServletResponse visit = new MockHttpServletResponse();
    Session guest = sessions.newGuest(new MockHttpServletRequest(), visit);

    callerOf(tokens, sessions, withCookie("POST", visit));
    assertThat(refused.getAndSet(null).getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);

    MockHttpServletRequest foreign = withCookie("DELETE", visit);
    foreign.addHeader(CustomerFilter.SAME_SITE_HEADER, "1");
    foreign.addHeader("Sec-Fetch-Site", "cross-site");
    callerOf(tokens, sessions, foreign);
    assertThat(refused.getAndSet(null).getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);

    MockHttpServletRequest own = withCookie("POST", visit);
    own.addHeader(CustomerFilter.SAME_SITE_HEADER, "1");
    own.addHeader("Sec-Fetch-Site", "same-origin");
    assertThat(callerOf(tokens, sessions, own)).contains(guest.userId());
  }

  @Test
  void cookiesAreNotForScriptsOtherSitesOrPlainText() {
    MockHttpServletResponse plain = new MockHttpServletResponse();
    sessions.newGuest(new MockHttpServletRequest(), plain);
    assertThat(plain.getHeader("Set-Cookie"))
        .contains("HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=43200")
        .doesNotContain("Secure");

    MockHttpServletRequest https = new MockHttpServletRequest();
    https.setSecure(true);
    MockHttpServletResponse secure = new MockHttpServletResponse();
    sessions.newGuest(https, secure);
    assertThat(secure.getHeader("Set-Cookie")).contains("Secure");
  }

  private Optional<String> callerOf(
      @Nullable BearerTokens tokens,
      @Nullable SessionCookies sessions,
      MockHttpServletRequest request) {
    AtomicReference<Optional<String>> seen = new AtomicReference<>(Optional.empty());
    HandlerExceptionResolver problems =
        (ignored, response, handler, failure) -> {
          refused.set(((StatusRuntimeException) failure).getStatus());
          return new ModelAndView();
        };
    try {
      new CustomerFilter(tokens, sessions, problems)
          .doFilter(
              request,
              new MockHttpServletResponse(),
              (served, response) -> seen.set(CallerIdentity.current().user().map(User::subject)));
    } catch (Exception e) {
      throw new AssertionError(e);
    }
    assertThat(CallerIdentity.current().user()).isEmpty();
    return seen.get();
  }

  private static MockHttpServletRequest request(String authorization) {
    MockHttpServletRequest request = new MockHttpServletRequest("POST", "/api/orders");
    request.addHeader("Authorization", authorization);
    return request;
  }

  private static MockHttpServletRequest withCookie(String method, MockHttpServletResponse visit) {
    MockHttpServletRequest request = new MockHttpServletRequest(method, "/api/orders");
    request.setCookies(visit.getCookies());
    return request;
  }

  private static SessionCookies sessionsAt(Instant now) {
    Clock clock = Clock.fixed(now, ZoneOffset.UTC);
    return new SessionCookies(
        new SignedValues("a-key-of-at-least-thirty-two-bytes", List.of(), clock),
        Duration.ofHours(12),
        clock);
  }
}
