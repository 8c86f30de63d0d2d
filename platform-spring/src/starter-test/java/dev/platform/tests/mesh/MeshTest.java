package dev.platform.tests.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.GetRecommendationsResponse;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc.RecommendationServiceBlockingStub;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc.RecommendationServiceImplBase;
import dev.platform.core.discovery.InstanceDirectory;
import dev.platform.spring.endpoint.PlatformEndpoint;
import dev.platform.spring.mesh.MeshPart;
import dev.platform.spring.registry.EtcdServiceRegistry;
import dev.platform.tests.app.TestApp;
import dev.platform.tests.line.Line;
import io.grpc.Channel;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** An application in a mesh, whose address for every service is a server on this machine. */
class MeshTest {

  /** A name that resolves everywhere. */
  private static final String SERVICE = "localhost";

  private final Virtual virtual = new Virtual();
  private final AtomicInteger connections = new AtomicInteger();
  private final Map<String, Object> properties = new HashMap<>();
  private Server mesh;
  private ServerSocket etcd;

  @BeforeEach
  void start() throws IOException {
    mesh =
        Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
            .addService(virtual)
            .intercept(virtual)
            .build()
            .start();
    etcd = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    CompletableFuture.runAsync(this::countConnections);
    properties.put("spring.application.name", "caller");
    properties.put("platform.etcd.endpoints", "http://127.0.0.1:" + etcd.getLocalPort());
    properties.put("platform.mesh.enabled", "true");
    properties.put("platform.mesh.port", mesh.getPort());
    // Generous, for a busy machine.
    properties.put("platform.deadline.default-timeout", "60s");
  }

  @AfterEach
  void stop() throws IOException {
    mesh.shutdownNow();
    etcd.close();
  }

  @Test
  void whatAMeshDoesIsOff() {
    try (var app = run()) {
      assertThat(call(Line.channel(app, SERVICE))).isEqualTo("answer");
      for (String scheme : List.of("discovery", "etcd")) {
        ManagedChannel plain =
            ManagedChannelBuilder.forTarget(scheme + ":///" + SERVICE).usePlaintext().build();
        assertThat(call(plain)).as(scheme).isEqualTo("answer");
        plain.shutdownNow();
      }
      virtual.failures.set(1);
      assertThat(failure(stub(app)).getCode()).as("retried").isEqualTo(Status.Code.UNAVAILABLE);
      var platform = app.getBean(PlatformEndpoint.class).platform();
      assertThat(platform.mesh())
          .isEqualTo(new PlatformEndpoint.Mesh(mesh.getPort(), List.of(MeshPart.values())));
      assertThat(platform.registration()).isNull();
      assertThat(platform.services()).isEmpty();
      assertThat(platform.balancers()).as("channels with a balancer of the platform").isEmpty();
      assertThat(app.getBeanProvider(EtcdServiceRegistry.class)).isEmpty();
      assertThat(app.getBeanProvider(InstanceDirectory.class)).isEmpty();
    }
    assertThat(connections).as("connections to etcd").hasValue(0);
  }

  @Test
  void deadlinesTracesAndBreakersStay() throws Exception {
    properties.put("management.tracing.sampling.probability", "1.0");
    try (var app = run()) {
      call(Line.channel(app, SERVICE));
      assertThat(virtual.millisLeft).isBetween(1L, 60_000L);
      // Sampled; on Boot 4.1 also with the flag of a random trace id.
      assertThat(virtual.traces).singleElement().asString().matches("00-[-0-9a-f]{49}-0[13]");
      virtual.failures.set(6);
      for (int i = 0; i < 6; i++) {
        assertThat(failure(stub(app)).getDescription()).isEqualTo("failing");
      }
      assertThat(failure(stub(app)).getDescription())
          .startsWith("circuit breaker is open: localhost");
    }
  }

  @Test
  void limitsAndTheDrainStay() throws Exception {
    properties.put("resilience4j.ratelimiter.instances.narrow.limit-for-period", "2");
    properties.put("resilience4j.ratelimiter.instances.narrow.limit-refresh-period", "1h");
    properties.put("platform.resilience.rate-limit.server", "narrow");
    properties.put("platform.drain.delay", "1s");
    var app = run();
    ManagedChannel outside =
        Grpc.newChannelBuilder(
                "127.0.0.1:" + Line.serverPort(app), InsecureChannelCredentials.create())
            .build();
    try {
      call(outside);
      call(outside);
      assertThat(failure(RecommendationServiceGrpc.newBlockingStub(outside)).getDescription())
          .startsWith("rate limit exceeded");
      long start = System.nanoTime();
      app.close();
      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .as("the mesh needs a moment until it sends no more calls")
          .isGreaterThanOrEqualTo(Duration.ofSeconds(1));
    } finally {
      app.close();
      outside.shutdownNow();
    }
  }

  @Test
  void aPartCanBeSwitchedOnAgain() {
    properties.put("platform.resilience.retry.enabled", "true");
    try (var app = run()) {
      virtual.failures.set(1);
      assertThat(call(Line.channel(app, SERVICE))).isEqualTo("answer");
      assertThat(app.getBean(PlatformEndpoint.class).platform().mesh().off())
          .doesNotContain(MeshPart.RETRIES)
          .contains(MeshPart.EJECTION);
    }
  }

  @Test
  void aNameThatTheMeshDoesNotKnowIsInTheMessage() {
    properties.put("platform.discovery.wait-for-first-list", "100ms");
    try (var app = run()) {
      var stub = RecommendationServiceGrpc.newBlockingStub(Line.channel(app, "nowhere.invalid"));
      await()
          .untilAsserted(
              () ->
                  assertThat(failure(stub).getDescription())
                      .isEqualTo(
                          "no instance of nowhere.invalid can be called: the host name"
                              + " nowhere.invalid does not resolve; the mesh knows its instances"
                              + " (platform.mesh.enabled)"));
    }
  }

  /** With arguments, as a user sets them: before the platform's defaults are chosen. */
  private ConfigurableApplicationContext run() {
    Map<String, Object> all = new HashMap<>(Line.properties());
    all.put("platform.drain.delay", "0s");
    all.put("platform.start.warm-up.max", "0s");
    all.put("platform.resilience.circuit-breaker.probe-interval", "0s");
    all.putAll(properties);
    return new SpringApplicationBuilder(TestApp.class)
        .web(WebApplicationType.NONE)
        .run(
            all.entrySet().stream()
                .map(each -> "--" + each.getKey() + "=" + each.getValue())
                .toArray(String[]::new));
  }

  private void countConnections() {
    while (!etcd.isClosed()) {
      try (Socket connection = etcd.accept()) {
        connections.incrementAndGet();
      } catch (IOException e) {
        return;
      }
    }
  }

  private static RecommendationServiceBlockingStub stub(ConfigurableApplicationContext app) {
    return RecommendationServiceGrpc.newBlockingStub(Line.channel(app, SERVICE));
  }

  private static String call(Channel channel) {
    return RecommendationServiceGrpc.newBlockingStub(channel)
        .getRecommendations(GetRecommendationsRequest.getDefaultInstance())
        .getProductIds(0);
  }

  private static Status failure(RecommendationServiceBlockingStub stub) {
    return catchThrowableOfType(
            StatusRuntimeException.class,
            () -> {
              var unused = stub.getRecommendations(GetRecommendationsRequest.getDefaultInstance());
            })
        .getStatus();
  }

  /** What a proxy passes on, to whichever instance. */
  private static final class Virtual extends RecommendationServiceImplBase
      implements ServerInterceptor {

    private static final Metadata.Key<String> TRACE =
        Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER);

    final AtomicInteger failures = new AtomicInteger();
    final List<String> traces = new CopyOnWriteArrayList<>();
    volatile long millisLeft;

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
      traces.add(String.valueOf(headers.get(TRACE)));
      return next.startCall(call, headers);
    }

    @Override
    public void getRecommendations(
        GetRecommendationsRequest request, StreamObserver<GetRecommendationsResponse> answer) {
      Deadline deadline = Context.current().getDeadline();
      millisLeft = deadline == null ? 0 : deadline.timeRemaining(TimeUnit.MILLISECONDS);
      if (failures.getAndDecrement() > 0) {
        answer.onError(Status.UNAVAILABLE.withDescription("failing").asRuntimeException());
        return;
      }
      answer.onNext(GetRecommendationsResponse.newBuilder().addProductIds("answer").build());
      answer.onCompleted();
    }
  }
}
