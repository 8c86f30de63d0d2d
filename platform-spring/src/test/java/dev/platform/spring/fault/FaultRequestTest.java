package dev.platform.spring.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.core.fault.Fault;
import dev.platform.core.fault.FaultSettings;
import io.grpc.Status;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class FaultRequestTest {

  @Test
  void parsingIsCaseInsensitive() {
    FaultSettings fault =
        new FaultRequest("Server", "a.B/C", "me", "0.5", "200ms", "unavailable", "why", "10s")
            .settings();

    assertThat(fault.side()).isEqualTo(Fault.Side.SERVER);
    assertThat(fault.method()).isEqualTo("a.B/C");
    assertThat(fault.caller()).isEqualTo("me");
    assertThat(fault.ratio()).isEqualTo(0.5);
    assertThat(fault.delay()).isEqualTo(Duration.ofMillis(200));
    assertThat(fault.abort().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(fault.abort().getDescription()).isEqualTo("injected fault: why");
    assertThat(fault.timeToLive()).isEqualTo(Duration.ofSeconds(10));
  }

  @Test
  void defaultsToAllIncomingCallsUntilRemoved() {
    FaultSettings fault =
        new FaultRequest(null, "*", null, null, null, "INTERNAL", null, null).settings();

    assertThat(fault.side()).isEqualTo(Fault.Side.SERVER);
    assertThat(fault.caller()).isNull();
    assertThat(fault.ratio()).isEqualTo(1);
    assertThat(fault.delay()).isNull();
    assertThat(fault.abort().getDescription()).isEqualTo("injected fault");
    assertThat(fault.timeToLive()).isNull();
  }
}
