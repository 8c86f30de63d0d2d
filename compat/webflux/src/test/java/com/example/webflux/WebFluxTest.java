package com.example.webflux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.example.compat.Http;
import dev.platform.starter.test.spring.AutoConfigureEtcd;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.core.env.Environment;
import org.springframework.context.annotation.Bean;

@SpringBootTest(
    webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
    properties = {
      "grpc.server.port=0",
      "spring.grpc.server.port=0",
      "platform.registry.advertise-host=127.0.0.1",
      // Tests have no tracing otherwise.
      "spring.test.observability.auto-configure=true",
      "spring.test.tracing.export=true",
      "management.otlp.tracing.export.enabled=false",
      "management.tracing.export.otlp.enabled=false"
    })
@AutoConfigureEtcd
class WebFluxTest {

  @Autowired private Environment environment;
  @Autowired private Spans spans;

  @Test
  void aHandlerCallsAServiceByItsNameAndUntracedPathsAreOmitted() throws Exception {
    for (int i = 0; i < 5; i++) {
      assertThat(Http.get(environment, "/healthz").body()).isEqualTo("ok");
    }
    assertThat(Http.get(environment, "/price").body()).isEqualTo("1299");

    await().atMost(Duration.ofMinutes(3)).until(() -> spans.names.contains("GET /price"));
    assertThat(spans.names).noneMatch(name -> name.contains("/healthz"));
  }

  @TestConfiguration
  static class Recording {

    @Bean
    Spans spans() {
      return new Spans();
    }
  }

  static class Spans implements SpanProcessor {

    final List<String> names = new CopyOnWriteArrayList<>();

    @Override
    public void onStart(Context parent, ReadWriteSpan span) {}

    @Override
    public boolean isStartRequired() {
      return false;
    }

    @Override
    public void onEnd(ReadableSpan span) {
      names.add(span.getName());
    }

    @Override
    public boolean isEndRequired() {
      return true;
    }
  }
}
