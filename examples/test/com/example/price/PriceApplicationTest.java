package com.example.price;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.starter.test.etcd.EmbeddedEtcd;
import dev.platform.starter.test.spring.AutoConfigureEtcd;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;

@SpringBootTest(
    properties = {
      "grpc.server.port=0",
      "spring.grpc.server.port=0",
      "platform.registry.advertise-host=127.0.0.1"
    })
@AutoConfigureEtcd
class PriceApplicationTest {

  @Autowired private Checkout checkout;
  @Autowired private EmbeddedEtcd etcd;

  @Test
  void callsTheServiceByItsName() {
    assertThat(checkout.cents("tea")).isEqualTo(1299);
    assertThat(etcd.keys("/services/price-service/")).hasSize(1);
  }
}
