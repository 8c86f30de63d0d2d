package dev.platform.dev.hosting;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LoopbackEndpointTest {

  @ParameterizedTest
  @CsvSource({
    "http://127.0.0.1:2379, 127.0.0.1",
    "http://localhost:2379, 127.0.0.1",
    "http://[::1]:2379, 0:0:0:0:0:0:0:1"
  })
  void acceptsLoopbackAddresses(String endpoint, String address) {
    assertThat(LoopbackEndpoint.parse(endpoint))
        .hasValueSatisfying(
            found -> {
              assertThat(found.getAddress().getHostAddress()).isEqualTo(address);
              assertThat(found.getPort()).isEqualTo(2379);
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://127.0.0.1:2379",
        "http://10.0.0.1:2379",
        "http://etcd.example:2379",
        "http://127.0.0.1",
        "127.0.0.1:2379",
        "not a uri",
        ""
      })
  void ignoresOtherAddresses(String endpoint) {
    assertThat(LoopbackEndpoint.parse(endpoint)).isEmpty();
  }
}
