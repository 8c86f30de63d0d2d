package com.example.kotlin

import com.example.price.v1.GetPriceRequest
import com.example.price.v1.PriceServiceGrpcKt.PriceServiceCoroutineStub
import dev.platform.starter.test.spring.AutoConfigureEtcd
import io.opentelemetry.context.Context
import io.opentelemetry.sdk.trace.ReadWriteSpan
import io.opentelemetry.sdk.trace.ReadableSpan
import io.opentelemetry.sdk.trace.SpanProcessor
import java.time.Duration
import java.util.concurrent.CopyOnWriteArrayList
import java.util.concurrent.TimeUnit
import kotlinx.coroutines.runBlocking
import org.assertj.core.api.Assertions.assertThat
import org.awaitility.Awaitility.await
import org.junit.jupiter.api.Test
import org.springframework.beans.factory.annotation.Autowired
import org.springframework.boot.test.context.SpringBootTest
import org.springframework.boot.test.context.TestConfiguration
import org.springframework.context.annotation.Bean

@SpringBootTest(
  properties =
    [
      "grpc.server.port=0",
      "spring.grpc.server.port=0",
      "platform.registry.advertise-host=127.0.0.1",
      "management.tracing.sampling.probability=1",
      // Tests have no tracing otherwise.
      "spring.test.observability.auto-configure=true",
      "spring.test.tracing.export=true",
      "management.otlp.tracing.export.enabled=false",
      "management.tracing.export.otlp.enabled=false",
    ]
)
@AutoConfigureEtcd
class KotlinTest {

  @Autowired lateinit var prices: PriceServiceCoroutineStub
  @Autowired lateinit var spans: Spans

  @Test
  fun `deadline and trace of a call go on with the call that its coroutine makes`() {
    val request = GetPriceRequest.newBuilder().setProductId(Deadlines.OTHER).build()

    val left = runBlocking { prices.withDeadlineAfter(40, TimeUnit.SECONDS).getPrice(request) }

    // A call that knows of no other has two minutes.
    assertThat(left.cents).isBetween(1, 40_000)
    await().atMost(Duration.ofMinutes(3)).until { spans.traces.size == 4 }
    assertThat(spans.traces.toSet()).hasSize(1)
  }

  @TestConfiguration
  class Recording {

    @Bean fun spans() = Spans()
  }

  /** The traces of the spans of PriceService: two calls, each with a client's and a server's. */
  class Spans : SpanProcessor {

    val traces = CopyOnWriteArrayList<String>()

    override fun onStart(parent: Context, span: ReadWriteSpan) {}

    override fun isStartRequired() = false

    override fun onEnd(span: ReadableSpan) {
      if (span.name.startsWith("price.v1.")) {
        traces.add(span.spanContext.traceId)
      }
    }

    override fun isEndRequired() = true
  }
}
