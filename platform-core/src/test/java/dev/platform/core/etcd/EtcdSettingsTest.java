package dev.platform.core.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EtcdSettingsTest {

  @ParameterizedTest
  @CsvSource({
    "http://127.0.0.1:2379, true",
    "http://localhost:2379, true",
    "http://[::1]:2379, true",
    "http://127.0.0.1:2379 http://127.0.0.1:22379, true",
    "http://127.0.0.1:2379 http://10.0.0.1:2379, false",
    "http://etcd.example:2379, false",
  })
  void isOnThisMachineIfAllItsEndpointsAre(String endpoints, boolean expected) {
    EtcdSettings settings = EtcdSettings.defaults().withEndpoints(List.of(endpoints.split(" ")));
    assertThat(settings.isLoopback()).isEqualTo(expected);
  }
}
