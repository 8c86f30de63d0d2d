package dev.platform.mall;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A mistake in the configuration ends the process before it serves any call. */
class MistypedPropertyIT {

  @Test
  void aZeroLeaseTtlEndsTheAppWithNameValueAndExpectation() throws Exception {
    try (Mall mall = Mall.withoutEtcd("mistyped-property")) {
      AppProcess app =
          mall.start(App.PAYMENT, List.of(), Map.of("PLATFORM_REGISTRY_LEASE_TTL", "0s"));

      int exitCode = app.awaitExit(AppProcess.START_LIMIT);

      assertThat(exitCode).as(app.log().tail()).isEqualTo(1);
      assertThat(app.log().text())
          .contains("APPLICATION FAILED TO START")
          .contains("platform.registry.lease-ttl: 0s (expected: >= 2s");
      assertThat(app.log().stackFrames()).isEmpty();
    }
  }

  @Test
  void anUnknownNameEndsTheAppWithASuggestionIfConfigured() throws Exception {
    try (Mall mall = Mall.withoutEtcd("mistyped-name")) {
      AppProcess app =
          mall.start(
              App.PAYMENT,
              List.of(),
              Map.of(
                  "PLATFORM_REGISTRY_LEASE_TLL", "10s",
                  "PLATFORM_CONFIGURATIONCHECK_ONFINDING", "fail"));

      int exitCode = app.awaitExit(AppProcess.START_LIMIT);

      assertThat(exitCode).as(app.log().tail()).isEqualTo(1);
      assertThat(app.log().text()).contains("did you mean platform.registry.lease-ttl?");
      assertThat(app.log().stackFrames()).isEmpty();
    }
  }
}
