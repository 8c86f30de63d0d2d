package dev.platform.order.customer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.platform.order.customer.CustomerProperties.Identity;
import dev.platform.order.customer.CustomerProperties.TraceUserId;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class CustomerPropertiesTest {

  private static final String KEY = "a-key-of-at-least-thirty-two-bytes";

  @Test
  void isOpenByDefaultAndShowsNoUserInTraces() {
    CustomerProperties properties = bind(Map.of());

    assertThat(properties.identity()).isEqualTo(Identity.OPEN);
    assertThat(properties.traceUserId()).isEqualTo(TraceUserId.HASHED);
    assertThat(properties.session().maxAge()).isEqualTo(Duration.ofHours(12));
    assertThat(properties.session().key()).isNull();
    assertThat(properties.login().clientId()).isNull();
  }

  @Test
  void namesTheInvalidValueButNoKey() {
    assertThatThrownBy(() -> bind(Map.of("mall.session.key", "too-short")))
        .hasRootCauseMessage("mall.session.key: a key of 9 bytes (expected: at least 32)");
    assertThatThrownBy(() -> bind(Map.of("mall.session.previous-keys", KEY + ",short")))
        .hasRootCauseMessage(
            "mall.session.previous-keys: a key of 5 bytes (expected: at least 32)");
    assertThatThrownBy(() -> bind(Map.of("mall.session.max-age", "31d")))
        .hasRootCauseMessage("mall.session.max-age: PT744H (expected: 1m to 30d)");
  }

  @Test
  void hidesItsSecrets() {
    CustomerProperties properties =
        bind(
            Map.of(
                "mall.session.key",
                KEY,
                "mall.session.previous-keys",
                KEY + "-2",
                "mall.login.client-id",
                "mall",
                "mall.login.client-secret",
                "s3cret"));

    assertThat(properties.session().previousKeys()).containsExactly(KEY + "-2");
    assertThat(properties.toString()).doesNotContain(KEY).doesNotContain("s3cret");
  }

  private static CustomerProperties bind(Map<String, String> values) {
    return new Binder(new MapConfigurationPropertySource(values))
        .bindOrCreate("mall", CustomerProperties.class);
  }
}
