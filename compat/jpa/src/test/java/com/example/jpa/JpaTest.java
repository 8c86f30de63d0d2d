package com.example.jpa;

import static org.assertj.core.api.Assertions.assertThat;

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
class JpaTest {

  @Autowired private JpaApplication.StorePrice store;
  @Autowired private Prices prices;

  @Test
  void aTransactionCallsAServiceAndStoresItsAnswer() {
    store.store("tea");

    assertThat(prices.findById("tea").orElseThrow().cents).isEqualTo(1299);
  }
}
