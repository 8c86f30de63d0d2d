package dev.platform.mall;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A mistake in the configuration ends the process before it does anything. */
class MistypedPropertyIT {

  @Test
  void aLeaseOfNoTimeEndsTheAppWithTheNameTheValueAndWhatWasExpected() {
    try (AppProcess app =
        AppProcess.start(
            "mistyped",
            Jvm.command(List.of(), List.of("-jar", App.PAYMENT.jar().toString())),
            Map.of(
                "PLATFORM_REGISTRY_LEASE_TTL", "0s",
                "SERVER_PORT", "0",
                "GRPC_SERVER_PORT", "0"),
            Path.of("target", "system-tests", "mistyped-property", "payment.log"))) {
      int exitCode = app.awaitExit(AppProcess.START_LIMIT);

      assertThat(exitCode).as(app.log().tail()).isEqualTo(1);
      assertThat(app.log().text())
          .contains("APPLICATION FAILED TO START")
          .contains("platform.registry.lease-ttl: 0s (expected: >= 2s");
      assertThat(app.log().stackFrames()).isEmpty();
    }
  }
}
