package dev.platform.spring.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.core.fault.Fault;
import io.grpc.Status;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class FaultRequestTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  @Test
  void wordsBecomeAFaultWhateverTheirCase() {
    Fault fault =
        new FaultRequest("Server", "a.B/C", "me", "0.5", "200ms", "unavailable", "why", "10s")
            .toFault("7", NOW);

    assertThat(fault.id()).isEqualTo("7");
    assertThat(fault.side()).isEqualTo(Fault.Side.SERVER);
    assertThat(fault.method()).isEqualTo("a.B/C");
    assertThat(fault.caller()).isEqualTo("me");
    assertThat(fault.ratio()).isEqualTo(0.5);
    assertThat(fault.delay()).isEqualTo(Duration.ofMillis(200));
    assertThat(fault.abort().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(fault.abort().getDescription()).isEqualTo("injected fault: why");
    assertThat(fault.endsAt()).isEqualTo(NOW.plusSeconds(10));
  }

  @Test
  void whatIsLeftOutIsAllIncomingCallsOfTheMethodUntilItIsRemoved() {
    Fault fault =
        new FaultRequest(null, "*", null, null, null, "INTERNAL", null, null).toFault("1", NOW);

    assertThat(fault.side()).isEqualTo(Fault.Side.SERVER);
    assertThat(fault.caller()).isNull();
    assertThat(fault.ratio()).isEqualTo(1);
    assertThat(fault.delay()).isNull();
    assertThat(fault.abort().getDescription()).isEqualTo("injected fault");
    assertThat(fault.endsAt()).isNull();
  }
}
