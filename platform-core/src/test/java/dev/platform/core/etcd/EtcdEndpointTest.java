package dev.platform.core.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.platform.core.InvalidPropertyException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EtcdEndpointTest {

  @ParameterizedTest
  @CsvSource({
    "http://etcd:2379, etcd, 2379, false",
    "http://etcd_1:2379, etcd_1, 2379, false",
    "http://my_stack_etcd_1.my_net:2379/, my_stack_etcd_1.my_net, 2379, false",
    "https://etcd-0.etcd.svc.cluster.local:2379, etcd-0.etcd.svc.cluster.local, 2379, true",
    "http://10.0.0.1:2379, 10.0.0.1, 2379, false",
    "http://[fd00::1]:2379, fd00::1, 2379, false",
    "http://1etcd:2379, 1etcd, 2379, false",
  })
  void acceptsNamesAndAddresses(String text, String host, int port, boolean secure) {
    assertThat(EtcdEndpoint.parse(text)).isEqualTo(new EtcdEndpoint(host, port, secure));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "etcd_1:2379",
        "http://etcd_1",
        "http://etcd_1:0",
        "http://etcd_1:65536",
        "http://etcd_1:123456",
        "http://user@etcd_1:2379",
        "http://etcd_1:2379/path",
        "http://etcd$:2379",
        "http://:2379",
        "http://"
      })
  void refusesWhatIsNoAddress(String text) {
    assertThatThrownBy(() -> EtcdEndpoint.parse(text))
        .isInstanceOf(InvalidPropertyException.class)
        .hasMessage(
            "platform.etcd.endpoints: "
                + text
                + " (expected: http://host:port or https://host:port)");
  }

  @Test
  void saysWhyANameWithAnUnderscoreCanNotHaveTls() {
    assertThatThrownBy(() -> EtcdEndpoint.parse("https://etcd_1:2379"))
        .hasMessageContaining("underscore")
        .hasMessageContaining("certificate");
  }
}
