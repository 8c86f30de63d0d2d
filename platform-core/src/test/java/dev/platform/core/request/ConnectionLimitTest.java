package dev.platform.core.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Attributes;
import io.grpc.StatusRuntimeException;
import org.junit.jupiter.api.Test;

class ConnectionLimitTest {

  private final IllegalStateException cause = new IllegalStateException("of the transport");
  private final ConnectionLimit limit = new ConnectionLimit(2, () -> cause);

  @Test
  void refusesOverTheMaximumWithTheTransportsException() {
    limit.transportReady(Attributes.EMPTY);
    limit.transportReady(Attributes.EMPTY);

    assertThatThrownBy(() -> limit.transportReady(Attributes.EMPTY))
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessage("RESOURCE_EXHAUSTED: the server has its maximum of connections: 2")
        .hasCause(cause);
    assertThat(limit.open()).isEqualTo(2);
  }

  @Test
  void onlyTheEndOfACountedConnectionFreesAPlace() {
    Attributes first = limit.transportReady(Attributes.EMPTY);
    limit.transportReady(Attributes.EMPTY);

    limit.transportTerminated(null);
    limit.transportTerminated(Attributes.EMPTY);
    assertThat(limit.open()).isEqualTo(2);

    limit.transportTerminated(first);
    assertThat(limit.open()).isEqualTo(1);
    limit.transportReady(Attributes.EMPTY);
  }

  @Test
  void aMaximumOfNoneIsInvalid() {
    assertThatThrownBy(() -> new ConnectionLimit(0, () -> cause))
        .hasMessage("maximum: 0 (expected: >= 1)");
  }
}
