package dev.platform.core.instance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import java.util.Map;
import org.junit.jupiter.api.Test;

class InstanceCodecTest {

  private static final InstanceCodec PLATFORM = new InstanceCodec("", ValueFormat.GRPC);
  private static final InstanceCodec STAGING = new InstanceCodec("staging", ValueFormat.ADDRESS);
  private static final Instance INSTANCE =
      new Instance(
          "greeter",
          new HostAndPort("10.0.0.1", 9000),
          Map.of("instance-id", "8f2c", "version", "1.2", "http-port", "8000"));

  @Test
  void eachLayoutHasItsKeys() {
    assertThat(PLATFORM.key(INSTANCE)).isEqualTo("/services/greeter/10.0.0.1:9000");
    assertThat(PLATFORM.details().key(INSTANCE)).isEqualTo("/instances/greeter/10.0.0.1:9000");
    assertThat(PLATFORM.in(Layout.GO_ZERO).key(INSTANCE)).matches("greeter/[1-9][0-9]{0,18}");
    assertThat(PLATFORM.in(Layout.KRATOS).key(INSTANCE)).isEqualTo("/microservices/greeter/8f2c");
  }

  @Test
  void aNamespaceIsBeforeAllOfThem() {
    assertThat(STAGING.key(INSTANCE)).isEqualTo("/staging/services/greeter/10.0.0.1:9000");
    assertThat(STAGING.details().prefix("greeter")).isEqualTo("/staging/instances/greeter/");
    assertThat(STAGING.in(Layout.GO_ZERO).prefix("greeter")).isEqualTo("/staging/greeter/");
    assertThat(STAGING.in(Layout.KRATOS).prefix("greeter"))
        .isEqualTo("/staging/microservices/greeter/");
  }

  @Test
  void anAddressAlwaysHasTheSameNumberInGoZero() {
    Instance again = new Instance("greeter", INSTANCE.address(), Map.of("instance-id", "another"));
    Instance other = new Instance("greeter", new HostAndPort("10.0.0.1", 9001), Map.of());
    InstanceCodec goZero = PLATFORM.in(Layout.GO_ZERO);
    assertThat(goZero.key(again)).isEqualTo(goZero.key(INSTANCE));
    assertThat(goZero.key(other)).isNotEqualTo(goZero.key(INSTANCE));
    assertThat(goZero.value(INSTANCE)).isEqualTo("10.0.0.1:9000");
    assertThat(goZero.leavingValue(INSTANCE)).isNull();
  }

  @Test
  void kratosGetsItsJsonAndItIsReadBack() {
    InstanceCodec kratos = PLATFORM.in(Layout.KRATOS);
    String value = kratos.value(INSTANCE);
    assertThat(value)
        .isEqualTo(
            "{\"id\":\"8f2c\",\"name\":\"greeter\",\"version\":\"1.2\",\"metadata\":"
                + "{\"http-port\":\"8000\",\"instance-id\":\"8f2c\",\"version\":\"1.2\"},"
                + "\"endpoints\":[\"grpc://10.0.0.1:9000\",\"http://10.0.0.1:8000\"]}");
    assertThat(kratos.read("greeter", bytes(value))).isEqualTo(INSTANCE);
    assertThat(kratos.read("greeter", bytes(kratos.leavingValue(INSTANCE))).isUp()).isFalse();
  }

  @Test
  void anInstanceWithMutualTlsHasASecureEndpointInKratos() {
    Instance secure = new Instance("greeter", INSTANCE.address(), Map.of("tls", "mutual"));
    InstanceCodec kratos = PLATFORM.in(Layout.KRATOS);
    assertThat(kratos.value(secure)).contains("\"grpcs://10.0.0.1:9000\"");
    assertThat(kratos.read("greeter", bytes(kratos.value(secure))).address())
        .isEqualTo(secure.address());
  }

  @Test
  void valuesOfKratosThatNameNoAddressAreRefusedWithTheReason() {
    assertRefused("{\"endpoints\":[\"http://10.0.0.1:1\"]}", "grpc://");
    assertRefused("{\"endpoints\":\"grpc://10.0.0.1:1\"}", "grpc://");
    assertRefused("{\"endpoints\":[{\"grpc\":1},null,7]}", "grpc://");
    assertRefused("{\"endpoints\":[\"grpc://10.0.0.1\"]}", "expected: host:port");
    assertRefused("{\"endpoints\":[\"grpc://a:99999\"]}", "expected: host:port");
    assertRefused("10.0.0.1:1", "is not JSON");
    assertRefused("{\"endpoints\":[" + "\"http://a:1\",".repeat(20) + "\"grpc://a:1\"]}", "first");
  }

  @Test
  void onlyAnAddressIsBare() {
    InstanceCodec kratos = PLATFORM.in(Layout.KRATOS);
    assertThat(PLATFORM.isBare(bytes("10.0.0.1:1"))).isTrue();
    assertThat(PLATFORM.isBare(bytes("{\"Addr\":\"10.0.0.1:1\"}"))).isFalse();
    assertThat(PLATFORM.isBare(ByteString.EMPTY)).isFalse();
    assertThat(kratos.isBare(bytes("10.0.0.1:1"))).isFalse();
    assertThat(PLATFORM.isBare()).isFalse();
    assertThat(STAGING.isBare()).isTrue();
    assertThat(STAGING.details().isBare()).isFalse();
  }

  private static void assertRefused(String value, String reason) {
    assertThatThrownBy(() -> PLATFORM.in(Layout.KRATOS).read("greeter", bytes(value)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(reason);
  }

  private static ByteString bytes(String text) {
    return ByteString.copyFromUtf8(text);
  }
}
