package dev.platform.spring.server;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.platform.core.InvalidPropertyException;
import java.util.List;
import org.junit.jupiter.api.Test;

class ServerExecutorPropertiesTest {

  @Test
  void atLeastOneThreadIsNeeded() {
    assertThatThrownBy(() -> new ServerExecutorProperties(true, 0, List.of()))
        .isInstanceOf(InvalidPropertyException.class)
        .hasMessage(
            "platform.grpc.server-executor.max-threads: 0 (expected: a whole number from 1 to"
                + " 10000)");
  }
}
