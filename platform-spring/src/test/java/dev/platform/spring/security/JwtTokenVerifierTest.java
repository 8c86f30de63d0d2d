package dev.platform.spring.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.nimbusds.jwt.JWTClaimsSet;
import dev.platform.core.identity.InvalidTokenException;
import dev.platform.core.identity.InvalidTokenException.Reason;
import dev.platform.core.identity.User;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtValidators;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.util.unit.DataSize;

/** Spring Security's decoder with an issuer's keys behind a URL. */
class JwtTokenVerifierTest {

  private static final String ISSUER = "https://issuer.example";

  private final AtomicLong nanos = new AtomicLong();
  private TestIssuer issuer;
  private JwtTokenVerifier verifier;

  @BeforeEach
  void start() throws Exception {
    issuer = new TestIssuer();
    verifier = verifier("roles", List.of("mall"));
  }

  @AfterEach
  void stop() {
    issuer.close();
  }

  private JwtTokenVerifier verifier(String rolesClaim, List<String> audiences) {
    NimbusJwtDecoder decoder = NimbusJwtDecoder.withJwkSetUri(issuer.keys()).build();
    decoder.setJwtValidator(JwtValidators.createDefaultWithIssuer(ISSUER));
    return new JwtTokenVerifier(
        decoder,
        new UserProperties(
            null,
            audiences,
            Duration.ofSeconds(10),
            rolesClaim,
            DataSize.ofKilobytes(8),
            10,
            true,
            20),
        Clock.systemUTC(),
        nanos::get);
  }

  private static JWTClaimsSet.Builder claims() {
    return new JWTClaimsSet.Builder()
        .issuer(ISSUER)
        .subject("ann")
        .audience("mall")
        .claim("roles", List.of("customer", "stock-admin"))
        .expirationTime(in(Duration.ofMinutes(5)));
  }

  private static Date in(Duration time) {
    return Date.from(Instant.now().plus(time));
  }

  @Test
  void aTokenProvesItsUser() throws Exception {
    User user = verifier.verify(issuer.sign(claims().build()));

    assertThat(user.subject()).isEqualTo("ann");
    assertThat(user.issuer()).isEqualTo(ISSUER);
    assertThat(user.roles()).containsExactlyInAnyOrder("customer", "stock-admin");
    assertThat(user.expiresAt()).isAfter(Instant.now());
    assertThat(user.source()).isInstanceOf(Jwt.class);
  }

  @Test
  void rolesAreWhereTheyAreSaidToBe() throws Exception {
    String nested =
        issuer.sign(claims().claim("realm", Map.of("roles", List.of("a", 7, "b"))).build());
    String text = issuer.sign(claims().claim("scope.x", " read  write ").build());

    assertThat(verifier("realm.roles", List.of()).verify(nested).roles())
        .containsExactlyInAnyOrder("a", "b");
    assertThat(verifier("scope.x", List.of()).verify(text).roles())
        .containsExactlyInAnyOrder("read", "write");
    assertThat(verifier("no.such", List.of()).verify(text).roles()).isEmpty();
  }

  @Test
  void aTokenOutsideOfItsTimeIsRefused() throws Exception {
    assertThat(refused(claims().expirationTime(in(Duration.ofMinutes(-5))).build()))
        .isEqualTo(Reason.EXPIRED);
    // Within the decoder's own 60 s, and not within the configured 10.
    assertThat(refused(claims().expirationTime(in(Duration.ofSeconds(-30))).build()))
        .isEqualTo(Reason.EXPIRED);
    assertThat(refused(claims().notBeforeTime(in(Duration.ofMinutes(5))).build()))
        .isEqualTo(Reason.NOT_YET_VALID);
    assertThat(refused(claims().notBeforeTime(in(Duration.ofSeconds(30))).build()))
        .isEqualTo(Reason.NOT_YET_VALID);
    assertThat(
            verifier.verify(
                issuer.sign(claims().expirationTime(in(Duration.ofSeconds(-5))).build())))
        .isNotNull();
  }

  @Test
  void aTokenOfAnotherIssuerOrForOthersIsRefused() throws Exception {
    assertThat(refused(claims().issuer("https://evil.example").build())).isEqualTo(Reason.ISSUER);
    assertThat(refused(claims().audience("bank").build())).isEqualTo(Reason.AUDIENCE);
    assertThat(refused(claims().audience((String) null).build())).isEqualTo(Reason.AUDIENCE);
    assertThat(refused(claims().subject(null).build())).isEqualTo(Reason.CLAIMS);
  }

  @Test
  void aTokenWithoutAValidSignatureIsRefused() throws Exception {
    String token = issuer.sign(claims().build());
    String[] parts = token.split("\\.");

    assertThat(refused(TestIssuer.unsigned(claims().build()))).isEqualTo(Reason.ALGORITHM);
    assertThat(refused(TestIssuer.sign(claims().build(), TestIssuer.newKey("k1"))))
        .isEqualTo(Reason.SIGNATURE);
    assertThat(refused(parts[0] + "." + parts[1] + ".")).isIn(Reason.SIGNATURE, Reason.MALFORMED);
    assertThat(refused(parts[0] + "." + parts[1].substring(2) + "." + parts[2]))
        .isIn(Reason.SIGNATURE, Reason.MALFORMED);
    for (String none : List.of("x", "..", "a.b.c", "e30.e30.e30", "=", parts[0])) {
      assertThat(refused(none)).isIn(Reason.MALFORMED, Reason.ALGORITHM);
    }
  }

  @Test
  void aNewKeyOfTheIssuerIsFetched() throws Exception {
    verifier.verify(issuer.sign(claims().build()));
    issuer.rotate("k2");

    assertThat(verifier.verify(issuer.sign(claims().build())).subject()).isEqualTo("ann");
  }

  @Test
  void inventedKeysAreFetchedAtABoundedRate() throws Exception {
    String good = issuer.sign(claims().build());
    verifier.verify(good);
    int before = issuer.fetches.get();

    for (int i = 0; i < 50; i++) {
      String invented = "{\"alg\":\"RS256\",\"kid\":\"invented-" + i + "\"}";
      String header =
          Base64.getUrlEncoder()
              .withoutPadding()
              .encodeToString(invented.getBytes(StandardCharsets.UTF_8));
      assertThat(refused(header + good.substring(good.indexOf('.'))))
          .isIn(Reason.SIGNATURE, Reason.UNAVAILABLE);
    }
    assertThat(issuer.fetches.get() - before).isBetween(1, 10);
    assertThat(verifier.verify(good).subject()).isEqualTo("ann");
  }

  @Test
  void withoutTheIssuersKeysNothingIsSaidAboutTheToken() throws Exception {
    issuer.away(true);

    assertThat(refused(claims().build())).isEqualTo(Reason.UNAVAILABLE);

    issuer.away(false);
    assertThat(verifier.verify(issuer.sign(claims().build()))).isNotNull();
  }

  private Reason refused(JWTClaimsSet claims) throws Exception {
    return refused(issuer.sign(claims));
  }

  private Reason refused(String token) {
    return catchThrowableOfType(InvalidTokenException.class, () -> verifier.verify(token)).reason();
  }
}
