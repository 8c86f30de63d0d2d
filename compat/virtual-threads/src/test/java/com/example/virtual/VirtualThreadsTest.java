package com.example.virtual;

import static org.assertj.core.api.Assertions.assertThat;

import com.example.price.v1.GetPriceRequest;
import com.example.price.v1.PriceServiceGrpc.PriceServiceBlockingStub;
import dev.platform.starter.test.spring.AutoConfigureEtcd;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;

@SpringBootTest(
    properties = {
      "grpc.server.port=0",
      "spring.grpc.server.port=0",
      "platform.registry.advertise-host=127.0.0.1"
    })
@AutoConfigureEtcd
@EnabledForJreRange(min = JRE.JAVA_21)
class VirtualThreadsTest {

  @Autowired private PriceServiceBlockingStub prices;

  @Test
  void aHandlerRunsOnAVirtualThread() {
    assertThat(prices.getPrice(GetPriceRequest.getDefaultInstance()).getCents()).isEqualTo(1);
  }
}
