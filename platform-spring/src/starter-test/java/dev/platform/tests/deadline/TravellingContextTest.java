package dev.platform.tests.deadline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.contracts.inventory.v1.InventoryServiceGrpc;
import dev.platform.contracts.inventory.v1.ReserveRequest;
import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc;
import dev.platform.starter.test.junit.EtcdExtension;
import dev.platform.tests.app.TestApp;
import dev.platform.tests.line.Line;
import dev.platform.tests.telemetry.CollectedSpans;
import io.micrometer.observation.ObservationRegistry;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.http.server.reactive.MockServerHttpResponse;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.adapter.WebHttpHandlerBuilder;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** A handler calls another service from another thread, by all means that an application has. */
class TravellingContextTest {

  @RegisterExtension static final EtcdExtension etcd = EtcdExtension.embedded();

  private static final CollectedSpans spans = new CollectedSpans();
  private static ConfigurableApplicationContext app;

  @BeforeAll
  static void start() {
    app =
        TestApp.start(
            Map.of(
                "platform.etcd.endpoints", etcd.endpoint().toString(),
                "spring.application.name", "traveller",
                "platform.registry.advertise-host", "127.0.0.1",
                "platform.discovery.wait-for-first-list", "30s",
                "platform.deadline.default-timeout", "60s",
                "management.tracing.sampling.probability", "1.0"),
            context -> {
              GenericApplicationContext beans = (GenericApplicationContext) context;
              beans.registerBean(CollectedSpans.class, () -> spans);
              beans.registerBean(OwnDecorator.class);
              beans.registerBean(CallingStock.class);
            });
    var unused =
        RecommendationServiceGrpc.newBlockingStub(Line.channel(app, "traveller"))
            .getRecommendations(GetRecommendationsRequest.getDefaultInstance());
    spans.single(SpanKind.CLIENT);
    spans.single(SpanKind.SERVER);
  }

  @AfterAll
  static void stop() {
    app.close();
  }

  @BeforeEach
  void clear() {
    spans.clear();
  }

  @ParameterizedTest
  @EnumSource
  void traceAndDeadlineTravelTogether(CallingStock.Way way) {
    var unused =
        InventoryServiceGrpc.newBlockingStub(Line.channel(app, "traveller"))
            .withDeadlineAfter(20, TimeUnit.SECONDS)
            .reserve(ReserveRequest.newBuilder().setReservationId(way.name()).build());

    assertThat(app.getBean(CallingStock.class).millisLeft()).isBetween(1L, 20_000L);
    List<SpanData> clients = spans.all(SpanKind.CLIENT, 2);
    List<SpanData> servers = spans.all(SpanKind.SERVER, 2);
    assertThat(clients.get(1).getParentSpanId()).isEqualTo(servers.get(0).getSpanId());
    assertThat(servers.get(1).getTraceId()).isEqualTo(clients.get(0).getTraceId());
  }

  @Test
  void theApplicationsOwnTaskDecoratorRunsWithinTheTrace() {
    CallingStock stock = app.getBean(CallingStock.class);
    var unused =
        InventoryServiceGrpc.newBlockingStub(Line.channel(app, "traveller"))
            .reserve(
                ReserveRequest.newBuilder()
                    .setReservationId(CallingStock.Way.ASYNC.name())
                    .build());

    assertThat(stock.decorated()).isTrue();
    assertThat(app.getBean(OwnDecorator.class).trace())
        .isEqualTo(spans.all(SpanKind.SERVER, 2).get(0).getTraceId());
  }

  @Test
  void aCallFromAWebFluxHandlerIsPartOfItsTrace() {
    HttpHandler http =
        WebHttpHandlerBuilder.webHandler(
                RouterFunctions.toWebHandler(
                    RouterFunctions.route()
                        .GET(
                            "/basket",
                            request ->
                                Mono.fromCallable(() -> app.getBean(CallingStock.class).call())
                                    .subscribeOn(Schedulers.boundedElastic())
                                    .flatMap(left -> ServerResponse.ok().build()))
                        .build()))
            .observationRegistry(app.getBean(ObservationRegistry.class))
            .build();

    http.handle(MockServerHttpRequest.get("/basket").build(), new MockServerHttpResponse())
        .block(Duration.ofSeconds(20));

    SpanData client = spans.single(SpanKind.CLIENT);
    SpanData outermost = spans.all(SpanKind.SERVER, 2).get(0);
    assertThat(client.getParentSpanId()).isEqualTo(outermost.getSpanId());
  }
}
