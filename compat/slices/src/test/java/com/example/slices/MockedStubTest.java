package com.example.slices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.when;

import com.example.compat.Http;
import com.example.price.v1.GetPriceResponse;
import com.example.price.v1.PriceServiceGrpc.PriceServiceBlockingStub;
import dev.platform.starter.test.spring.AutoConfigureEtcd;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.core.env.Environment;
import org.springframework.test.context.bean.override.mockito.MockitoBean;

@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
@AutoConfigureEtcd
class MockedStubTest {

  @MockitoBean private PriceServiceBlockingStub prices;
  @Autowired private Environment environment;

  @Test
  void aMockReplacesTheStubInTheWholeApplication() throws Exception {
    when(prices.getPrice(any())).thenReturn(GetPriceResponse.newBuilder().setCents(7).build());

    assertThat(Http.get(environment, "/price").body()).isEqualTo("7");
  }
}
