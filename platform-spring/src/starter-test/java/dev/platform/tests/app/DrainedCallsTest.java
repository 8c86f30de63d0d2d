package dev.platform.tests.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.ListenableFuture;
import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.GetRecommendationsResponse;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc;
import dev.platform.spring.registry.EtcdRegistration;
import dev.platform.starter.test.junit.EtcdExtension;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

/** Calls during the shutdown of an app. */
@ExtendWith(OutputCaptureExtension.class)
class DrainedCallsTest {

  @RegisterExtension static final EtcdExtension etcd = EtcdExtension.embedded();

  private final List<ManagedChannel> channels = new ArrayList<>();
  private final RecordingSpanExporter spans = new RecordingSpanExporter();
  private ConfigurableApplicationContext app;
  private TestApp.WhoAmI service;

  @AfterEach
  void stop() {
    channels.forEach(ManagedChannel::shutdownNow);
    app.close();
  }

  @Test
  void finishesInFlightCallsRejectsNewOnesAndFlushesSpansLast() throws Exception {
    start("20s");
    ManagedChannel known = channel();
    ListenableFuture<GetRecommendationsResponse> underWay = startPendingCall(known);
    CompletableFuture<Void> closed = CompletableFuture.runAsync(app::close);
    await().untilAsserted(() -> assertRefused(channel()));
    assertRefused(known);
    assertThat(underWay).isNotDone();
    assertThat(closed).isNotDone();
    service.answerWaiting();
    assertThat(underWay.get(5, TimeUnit.SECONDS).getProductIds(0)).isEqualTo("nobody");
    closed.get(20, TimeUnit.SECONDS);
    assertThat(spans.exported)
        .contains("recommendation.v1.RecommendationService/GetRecommendations");
    assertThat(spans.closed).isTrue();
  }

  @Test
  void terminatesOverdueCallsAndNamesThem(CapturedOutput output) throws Exception {
    start("1s");
    ListenableFuture<GetRecommendationsResponse> underWay = startPendingCall(channel());
    long start = System.nanoTime();
    app.close();
    assertThat(Duration.ofNanos(System.nanoTime() - start))
        .isBetween(Duration.ofMillis(900), Duration.ofSeconds(10));
    assertThatThrownBy(() -> underWay.get(5, TimeUnit.SECONDS))
        .hasMessageContaining(
            "UNAVAILABLE: this server is shutting down and the call did not end in time");
    assertThat(output)
        .containsOnlyOnce(
            "platform.drain.timeout of 1000 ms is over, terminating calls: "
                + "{recommendation.v1.RecommendationService/GetRecommendations=1}");
  }

  @Test
  void doesNotLogTerminatedCallsIfAllHaveEnded(CapturedOutput output) {
    start("1s");
    RecommendationServiceGrpc.newBlockingStub(channel())
        .getRecommendations(GetRecommendationsRequest.getDefaultInstance());
    app.close();
    assertThat(output).doesNotContain("terminating calls");
  }

  /** gRPC keeps the stream of a too large request until its connection ends. */
  @Test
  void doesNotWaitForIdleConnections(CapturedOutput output) {
    start("30s");
    ManagedChannel caller = channel();
    GetRecommendationsRequest tooLarge =
        GetRecommendationsRequest.newBuilder().setUserId("u".repeat(5 * 1024 * 1024)).build();
    assertThatThrownBy(
            () -> RecommendationServiceGrpc.newBlockingStub(caller).getRecommendations(tooLarge))
        .hasMessageContaining("RESOURCE_EXHAUSTED");

    long start = System.nanoTime();
    app.close();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
    assertThat(output).doesNotContain("terminating calls");
  }

  private void start(String timeout) {
    Map<String, Object> properties = new HashMap<>();
    properties.put("spring.application.name", "leaving");
    properties.put("platform.etcd.endpoints", etcd.endpoint().toString());
    properties.put("platform.drain.timeout", timeout);
    properties.put("management.tracing.sampling.probability", "1.0");
    app =
        TestApp.start(
            properties, context -> context.getBeanFactory().registerSingleton("spans", spans));
    service = app.getBean(TestApp.WhoAmI.class);
  }

  private ManagedChannel channel() {
    int port = app.getBean(EtcdRegistration.class).getPort();
    ManagedChannel channel =
        Grpc.newChannelBuilder("127.0.0.1:" + port, InsecureChannelCredentials.create()).build();
    channels.add(channel);
    return channel;
  }

  private ListenableFuture<GetRecommendationsResponse> startPendingCall(ManagedChannel channel) {
    ListenableFuture<GetRecommendationsResponse> answer =
        RecommendationServiceGrpc.newFutureStub(channel)
            .getRecommendations(
                GetRecommendationsRequest.newBuilder().setUserId(TestApp.WhoAmI.PATIENT).build());
    await().until(() -> service.waiting() == 1);
    return answer;
  }

  private static void assertRefused(ManagedChannel channel) {
    assertThatThrownBy(
            () ->
                RecommendationServiceGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(2, TimeUnit.SECONDS)
                    .getRecommendations(GetRecommendationsRequest.getDefaultInstance()))
        .hasMessageContaining("UNAVAILABLE");
  }

  /** Records exported spans. */
  private static final class RecordingSpanExporter implements SpanExporter {

    final List<String> exported = new CopyOnWriteArrayList<>();
    volatile boolean closed;

    @Override
    public CompletableResultCode export(Collection<SpanData> spans) {
      spans.forEach(span -> exported.add(span.getName()));
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode flush() {
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode shutdown() {
      closed = true;
      return CompletableResultCode.ofSuccess();
    }
  }
}
