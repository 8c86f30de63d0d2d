package dev.platform.order.session;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SignedValuesTest {

  private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
  private static final String KEY = "a-key-of-at-least-thirty-two-bytes";

  private final SignedValues values = at(NOW, KEY);
  private final String signed = values.sign("session", "GUEST ana", NOW.plusSeconds(60));

  @Test
  void whatWasSignedIsReadUntilItsEnd() {
    assertThat(values.read("session", signed)).contains("GUEST ana");
    assertThat(at(NOW.plusSeconds(59), KEY).read("session", signed)).isPresent();
    assertThat(at(NOW.plusSeconds(60), KEY).read("session", signed)).isEmpty();
  }

  @Test
  void nothingThatWasChangedIsRead() {
    // But for the last characters of both parts, which have bits without a meaning.
    int dot = signed.indexOf('.');
    for (int i = 0; i < signed.length() - 1; i++) {
      char other = signed.charAt(i) == 'A' ? 'B' : 'A';
      String changed = signed.substring(0, i) + other + signed.substring(i + 1);
      if (i != dot - 1) {
        assertThat(values.read("session", changed)).as("character %d changed", i).isEmpty();
      }
    }
    String later =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(
                (NOW.plus(Duration.ofDays(1)).getEpochSecond() + " GUEST ana").getBytes(UTF_8));
    assertThat(values.read("session", later + signed.substring(signed.indexOf('.')))).isEmpty();
  }

  @Test
  void aValueIsForItsPurposeOnly() {
    assertThat(values.read("sign-in", signed)).isEmpty();
  }

  @Test
  void aPreviousKeyIsAcceptedAndAnotherOneIsNot() {
    String next = "another-key-of-at-least-thirty-two-bytes";
    assertThat(at(NOW, next).read("session", signed)).isEmpty();

    SignedValues rotated = new SignedValues(next, List.of(KEY), Clock.fixed(NOW, ZoneOffset.UTC));
    assertThat(rotated.read("session", signed)).isPresent();
    String renewed = rotated.sign("session", "x", NOW.plusSeconds(60));
    assertThat(at(NOW, next).read("session", renewed)).contains("x");
  }

  @Test
  void aRandomKeyIsUnlikeAnother() {
    SignedValues random = new SignedValues(null, List.of(), Clock.fixed(NOW, ZoneOffset.UTC));
    String own = random.sign("session", "x", NOW.plusSeconds(60));

    assertThat(random.read("session", own)).contains("x");
    assertThat(
            new SignedValues(null, List.of(), Clock.fixed(NOW, ZoneOffset.UTC))
                .read("session", own))
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "a.b", "no dot", "%%%.%%%", "..", "MQ.MQ"})
  void anythingElseIsNothing(String value) {
    assertThat(values.read("session", value)).isEmpty();
    assertThat(values.read("session", value + "x".repeat(5000))).isEmpty();
  }

  private static SignedValues at(Instant now, String key) {
    return new SignedValues(key, List.of(), Clock.fixed(now, ZoneOffset.UTC));
  }
}
