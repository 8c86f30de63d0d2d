package com.example.kotlin

import com.example.price.v1.GetPriceRequest
import com.example.price.v1.PriceServiceGrpcKt.PriceServiceCoroutineStub
import dev.platform.starter.test.spring.AutoConfigureEtcd
import kotlinx.coroutines.runBlocking
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.Test
import org.springframework.beans.factory.annotation.Autowired
import org.springframework.boot.test.context.SpringBootTest

@SpringBootTest(
  properties =
    [
      "grpc.server.port=0",
      "spring.grpc.server.port=0",
      "platform.registry.advertise-host=127.0.0.1",
    ]
)
@AutoConfigureEtcd
class KotlinTest {

  @Autowired lateinit var prices: PriceServiceCoroutineStub

  @Test
  fun `a coroutine calls a service, whose coroutine knows the deadline`() {
    val price = runBlocking { prices.getPrice(GetPriceRequest.getDefaultInstance()) }

    assertThat(price.cents).isEqualTo(1299)
  }
}
