package com.example.noactuator;

import static org.assertj.core.api.Assertions.assertThat;

import com.example.price.v1.GetPriceRequest;
import com.example.price.v1.PriceServiceGrpc.PriceServiceBlockingStub;
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
class NoActuatorTest {

  @Autowired private PriceServiceBlockingStub prices;
  @Autowired private EmbeddedEtcd etcd;

  @Test
  void isRegisteredAndCallsItself() {
    assertThat(prices.getPrice(GetPriceRequest.getDefaultInstance()).getCents()).isEqualTo(1299);
    assertThat(etcd.keys("/services/price-service/")).hasSize(1);
  }
}
