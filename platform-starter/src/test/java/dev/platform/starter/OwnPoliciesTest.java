package dev.platform.starter;

import static org.assertj.core.api.Assertions.assertThat;

import net.devh.boot.grpc.client.config.GrpcChannelProperties;
import net.devh.boot.grpc.client.config.GrpcChannelsProperties;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.mock.env.MockEnvironment;

class OwnPoliciesTest {

  @ParameterizedTest
  @CsvSource({
    "grpc.client.shop.default-load-balancing-policy, round_robin, round_robin",
    "grpc.client.shop.defaultLoadBalancingPolicy, round_robin, round_robin",
    "grpc.client.[shop].default-load-balancing-policy, round_robin, round_robin",
    "grpc.client.shop.default-load-balancing-policy, pick_first, pick_first",
    "grpc.client.GLOBAL.default-load-balancing-policy, round_robin, round_robin",
    "grpc.client.GLOBAL.default-load-balancing-policy, pick_first, pick_first",
    "grpc.client.other.default-load-balancing-policy, round_robin, none",
    "grpc.client.shop.address, static://127.0.0.1:1, none",
  })
  void whatIsSetForAChannelIsItsOwnThoughItIsAlsoTheDefault(
      String property, String value, String expected) {
    MockEnvironment environment = new MockEnvironment().withProperty(property, value);
    GrpcChannelsProperties channels =
        Binder.get(environment).bindOrCreate("grpc", GrpcChannelsProperties.class);
    assertThat(new OwnPolicies(channels, environment).of("shop").orElse("none"))
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource("pick_first")
  void whatCodeSetsCountsToo(String policy) {
    GrpcChannelsProperties channels = new GrpcChannelsProperties();
    GrpcChannelProperties shop = new GrpcChannelProperties();
    shop.setDefaultLoadBalancingPolicy(policy);
    channels.getClient().put("shop", shop);
    assertThat(new OwnPolicies(channels, new MockEnvironment()).of("shop")).contains(policy);
  }
}
