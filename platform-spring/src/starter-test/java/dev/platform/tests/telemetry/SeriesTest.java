package dev.platform.tests.telemetry;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc;
import dev.platform.spring.registry.EtcdRegistration;
import dev.platform.starter.test.junit.EtcdExtension;
import dev.platform.tests.app.TestApp;
import dev.platform.tests.line.Line;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.context.ConfigurableApplicationContext;

/** A thousand invented names of services, methods or users must not create a thousand series. */
@ExtendWith(OutputCaptureExtension.class)
class SeriesTest {

  private static final int INVENTED_NAMES = 1000;
  private static final int MAX_SERVICES = 20;

  /** Methods beyond this number share one series. */
  private static final int MAX_METHODS = 1000;

  /** Series of one meter for one service: breaker states by call kinds, origins of a list. */
  private static final int MAX_SERIES_PER_SERVICE = 10;

  @RegisterExtension static final EtcdExtension etcd = EtcdExtension.embedded();

  @Test
  void inventedServicesMethodsAndUsersCreateFewSeries(CapturedOutput output) {
    try (ConfigurableApplicationContext app =
        TestApp.start(
            Map.ofEntries(
                entry("spring.application.name", "series"),
                entry("platform.etcd.endpoints", etcd.endpoint().toString()),
                entry("platform.telemetry.meters.max-services", MAX_SERVICES),
                // Calls that a breaker rejects have a series of their own.
                entry("platform.resilience.circuit-breaker.consecutive-failures", 0),
                entry("platform.resilience.rate-limit.caller.limiter", "few"),
                entry("resilience4j.ratelimiter.instances.few.limit-for-period", 1),
                entry("resilience4j.ratelimiter.instances.few.limit-refresh-period", "1s")))) {
      watchAndCallServices(app);
      callWithInventedNames(app);

      Map<String, Long> series = series(app.getBean(MeterRegistry.class));
      assertThat(series.remove("rpc.client.call.duration")).isEqualTo(MAX_METHODS + 1);
      assertThat(series)
          .allSatisfy(
              (meter, size) -> assertThat(size).isLessThan(MAX_SERVICES * MAX_SERIES_PER_SERVICE));
      assertThat(series.get("platform.discovery.age")).isEqualTo(MAX_SERVICES);
      assertThat(output).containsOnlyOnce("platform.* meters for 20 values of \"service\"");
    }
  }

  /** Watches and calls services that have no instance. */
  private static void watchAndCallServices(ConfigurableApplicationContext app) {
    DiscoveryClient discovery = app.getBean(DiscoveryClient.class);
    for (int i = 0; i < INVENTED_NAMES; i++) {
      discovery.getInstances("service-" + i);
    }
    all(i -> call(Line.channel(app, "called-" + i % (5 * MAX_SERVICES)), known()));
  }

  private static void callWithInventedNames(ConfigurableApplicationContext app) {
    int port = app.getBean(EtcdRegistration.class).getPort();
    ManagedChannel channel =
        Grpc.newChannelBuilder("127.0.0.1:" + port, InsecureChannelCredentials.create()).build();
    Channel known = Line.channel(app, "series");
    all(i -> call(channel, known().toBuilder().setFullMethodName("made.up/M" + i).build()));
    all(
        i ->
            RecommendationServiceGrpc.newFutureStub(channel)
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(caller("user-" + i)))
                .getRecommendations(GetRecommendationsRequest.getDefaultInstance()));
    all(i -> call(known, known().toBuilder().setFullMethodName("made.up/M" + i).build()));
    channel.shutdownNow();
  }

  private static void all(IntFunction<ListenableFuture<?>> call) {
    var unused =
        Futures.getUnchecked(
            Futures.successfulAsList(IntStream.range(0, INVENTED_NAMES).mapToObj(call).toList()));
  }

  private static ListenableFuture<?> call(
      Channel channel, MethodDescriptor<GetRecommendationsRequest, ?> method) {
    return ClientCalls.futureUnaryCall(
        channel.newCall(method, CallOptions.DEFAULT.withDeadlineAfter(60, TimeUnit.SECONDS)),
        GetRecommendationsRequest.getDefaultInstance());
  }

  private static MethodDescriptor<GetRecommendationsRequest, ?> known() {
    return RecommendationServiceGrpc.getGetRecommendationsMethod();
  }

  private static Metadata caller(String name) {
    Metadata headers = new Metadata();
    headers.put(Metadata.Key.of("platform-caller", Metadata.ASCII_STRING_MARSHALLER), name);
    return headers;
  }

  /** Series counts by meter. */
  private static Map<String, Long> series(MeterRegistry meters) {
    return meters.getMeters().stream()
        .collect(Collectors.groupingBy(meter -> meter.getId().getName(), Collectors.counting()));
  }
}
