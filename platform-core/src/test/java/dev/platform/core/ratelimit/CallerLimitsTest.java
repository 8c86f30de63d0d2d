package dev.platform.core.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.core.identity.CallerIdentity;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.grpc.Context;
import io.grpc.Metadata;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Who counts as a caller. */
class CallerLimitsTest {

  private static final String HEADER = "platform-caller";

  @Test
  void isTheProvedWorkloadWhateverTheHeaderSays() {
    assertThat(caller(HEADER, true, "order-app", "liar")).isEqualTo("order-app");
  }

  @Test
  void isTheHeaderWhereNothingIsProvedAndTheHeaderIsTrusted() {
    assertThat(caller(HEADER, true, null, "order-app")).isEqualTo("order-app");
  }

  @Test
  void isNobodyWhereTheHeaderIsNotTrusted() {
    assertThat(caller(HEADER, false, null, "liar")).isEqualTo(caller(HEADER, false, null, null));
    assertThat(caller("tenant", false, null, "liar")).isEqualTo(caller(HEADER, false, null, null));
  }

  @Test
  void isATenantBeforeTheWorkloadThatSendsIt() {
    assertThat(caller("tenant", true, "gateway", "acme")).isEqualTo("acme");
    assertThat(caller("tenant", true, "gateway", null)).isEqualTo("gateway");
    assertThat(caller("tenant", false, "gateway", "acme")).isEqualTo("gateway");
  }

  private static String caller(
      String header, boolean trusted, @Nullable String workload, @Nullable String value) {
    CallerLimits limits = new CallerLimits(header, trusted, 10, RateLimiter::ofDefaults);
    Metadata headers = new Metadata();
    if (value != null) {
      headers.put(Metadata.Key.of(header, Metadata.ASCII_STRING_MARSHALLER), value);
    }
    AtomicReference<String> name = new AtomicReference<>();
    CallerIdentity.of(workload)
        .attachedTo(Context.ROOT)
        .run(() -> name.set(limits.of(headers).getName()));
    return name.get();
  }
}
