package com.example.two;

import static org.assertj.core.api.Assertions.assertThat;

import com.example.price.v1.GetPriceRequest;
import com.example.price.v1.PriceServiceGrpc.PriceServiceBlockingStub;
import dev.platform.starter.test.etcd.EmbeddedEtcd;
import dev.platform.starter.test.junit.EtcdExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

class TwoContextsTest {

  @RegisterExtension static final EtcdExtension first = EtcdExtension.embedded();

  @Test
  void eachUsesItsOwnEtcdAndTheOneThatStaysWorksAfterTheOtherCloses() {
    try (EmbeddedEtcd second = EmbeddedEtcd.builder().build()) {
      second.start();
      try (var staying = start(first.endpoint().toString())) {
        try (var leaving = start(second.endpoint().toString())) {
          assertThat(cents(staying)).isEqualTo(1299);
          assertThat(cents(leaving)).isEqualTo(1299);
          assertThat(first.server().keys("/services/price-service/")).hasSize(1);
          assertThat(second.keys("/services/price-service/")).hasSize(1);
        }
        assertThat(second.keys("/services/price-service/")).isEmpty();
        assertThat(cents(staying)).isEqualTo(1299);
      }
    }
  }

  private static long cents(ConfigurableApplicationContext app) {
    return app.getBean(PriceServiceBlockingStub.class)
        .getPrice(GetPriceRequest.getDefaultInstance())
        .getCents();
  }

  private static ConfigurableApplicationContext start(String etcd) {
    return new SpringApplicationBuilder(ServiceApplication.class)
        .run(
            "--grpc.server.port=0",
            "--spring.grpc.server.port=0",
            "--platform.registry.advertise-host=127.0.0.1",
            "--platform.discovery.snapshot.enabled=false",
            "--platform.drain.delay=0s",
            "--platform.etcd.endpoints=" + etcd);
  }
}
