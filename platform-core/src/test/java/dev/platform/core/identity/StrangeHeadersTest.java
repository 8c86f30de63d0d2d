package dev.platform.core.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.core.identity.UserAuthentication.Origin;
import dev.platform.core.identity.UserAuthentication.RefusedException;
import io.grpc.Metadata;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Whatever headers contain, they prove a user, prove none, or are refused. */
class StrangeHeadersTest {

  private static final int HEADERS = 100_000;
  private static final int LONGEST_TOKEN = 256;
  private static final String PARTS =
      "Bearer bearer BEARER URI= uri= By= spiffe:// / , ; = \" \\ . .. ... e30 none \t \u0000 \u007f \u00e9 \ud83d";

  private final Random random = new Random(19);
  private final String[] parts = PARTS.split(" ");

  @Test
  void neverMakeTheServerFail() {
    UserAuthentication users =
        new UserAuthentication(
            this::verify,
            new AuthenticationSettings("shop", Set.of(), false, LONGEST_TOKEN, 100, 1_000_000),
            new AuthenticationMeters(new SimpleMeterRegistry()),
            Clock.systemUTC(),
            System::nanoTime);
    WorkloadIdentities identities = WorkloadIdentities.of("mall.example", List.of());
    int accepted = 0;
    int refused = 0;
    for (int i = 0; i < HEADERS; i++) {
      Metadata headers = new Metadata();
      for (int values = random.nextInt(3); values >= 0; values--) {
        headers.put(UserAuthentication.AUTHORIZATION, strange());
      }
      try {
        CallerIdentity caller =
            users.of(
                CallerIdentity.anonymous(),
                headers,
                Origin.TLS,
                new InetSocketAddress("192.0.2." + random.nextInt(256), 1));
        accepted += caller.user().isPresent() ? 1 : 0;
      } catch (RefusedException e) {
        refused++;
        assertThat(e.status().getStatus().getDescription()).startsWith("authentication failed: ");
      }
      List<String> uris = ForwardedCertificate.uris(strange());
      if (uris != null) {
        assertThat(identities.workload(uris)).isNotNull();
      }
    }
    assertThat(accepted).isGreaterThan(100);
    assertThat(refused).isGreaterThan(HEADERS / 10);
    assertThat(users.remembered()).isLessThanOrEqualTo(100);
  }

  private User verify(String token) {
    assertThat(token).hasSizeLessThanOrEqualTo(LONGEST_TOKEN).matches("[A-Za-z0-9._~+/-]+=*");
    return new User(token, "", Set.of(), null);
  }

  private String strange() {
    StringBuilder text = new StringBuilder(random.nextBoolean() ? "Bearer " : "");
    for (int length = random.nextInt(12); length > 0; length--) {
      switch (random.nextInt(4)) {
        case 0 -> text.append((char) random.nextInt(0x10000));
        case 1 -> text.append(Long.toString(random.nextLong() & Long.MAX_VALUE, 36));
        case 2 -> text.append("x".repeat(random.nextInt(200)));
        default -> text.append(parts[random.nextInt(parts.length)]);
      }
    }
    return text.toString();
  }
}
