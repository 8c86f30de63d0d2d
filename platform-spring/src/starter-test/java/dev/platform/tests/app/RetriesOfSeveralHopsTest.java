package dev.platform.tests.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.GetRecommendationsResponse;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc.RecommendationServiceBlockingStub;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc.RecommendationServiceImplBase;
import dev.platform.core.chain.ServerChain;
import dev.platform.starter.test.junit.EtcdExtension;
import dev.platform.tests.line.Line;
import io.grpc.BindableService;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.context.ConfigurableApplicationContext;

/** A call through one hop to a service that always fails; both hops retry. */
class RetriesOfSeveralHopsTest {

  @RegisterExtension static final EtcdExtension etcd = EtcdExtension.embedded();

  private final AtomicInteger callsOfTheLast = new AtomicInteger();
  private final AtomicInteger callsOfTheMiddle = new AtomicInteger();
  private final List<Server> servers = new ArrayList<>();
  private ConfigurableApplicationContext app;

  @AfterEach
  void stop() {
    servers.forEach(Server::shutdownNow);
    app.close();
  }

  @Test
  void lowerHopsRetryOnlyOnTheCallersLastAttempt() throws Exception {
    start();
    RecommendationServiceBlockingStub middle = channel("middle");
    assertThatThrownBy(() -> ask(middle)).hasMessage("UNAVAILABLE");
    assertThat(callsOfTheMiddle).hasValue(3);
    // One for each of the caller's first two attempts; only the caller's last attempt is retried.
    assertThat(callsOfTheLast).hasValue(1 + 1 + 3);
  }

  @Test
  void aHopRetriesIfItsCallerDoesNot() throws Exception {
    start();
    ManagedChannel plain =
        Grpc.newChannelBuilder(
                "127.0.0.1:" + servers.get(1).getPort(), InsecureChannelCredentials.create())
            .build();
    try {
      assertThatThrownBy(() -> ask(RecommendationServiceGrpc.newBlockingStub(plain)))
          .hasMessage("UNAVAILABLE");
    } finally {
      plain.shutdownNow();
    }
    assertThat(callsOfTheMiddle).hasValue(1);
    assertThat(callsOfTheLast).hasValue(3);
  }

  private void start() throws IOException {
    Map<String, Object> properties = new HashMap<>();
    properties.put("platform.etcd.endpoints", etcd.endpoint().toString());
    properties.put("spring.application.name", "hops");
    properties.put("platform.resilience.circuit-breaker.enabled", "false");
    properties.put(
        "platform.resilience.retry.methods[0]", "recommendation.v1.RecommendationService");
    properties.put("platform.resilience.retry.initial-backoff", "1ms");
    properties.put("platform.discovery.wait-for-first-list", "30s");
    properties.put("platform.deadline.default-timeout", "60s");
    app = TestApp.start(properties);
    serve("last", new Failing(callsOfTheLast, () -> {}));
    RecommendationServiceBlockingStub last = channel("last");
    serve("middle", new Failing(callsOfTheMiddle, () -> ask(last)));
  }

  /** Adds the interceptors of the app's own server. */
  private void serve(String name, BindableService service) throws IOException {
    Server server =
        Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
            .addService(app.getBean(ServerChain.class).around(service.bindService()))
            .build()
            .start();
    servers.add(server);
    String address = "127.0.0.1:" + server.getPort();
    etcd.server().put("/services/" + name + "/" + address, address);
  }

  private RecommendationServiceBlockingStub channel(String name) {
    return RecommendationServiceGrpc.newBlockingStub(Line.channel(app, name));
  }

  private static void ask(RecommendationServiceBlockingStub stub) {
    var unused = stub.getRecommendations(GetRecommendationsRequest.getDefaultInstance());
  }

  private static final class Failing extends RecommendationServiceImplBase {

    private final AtomicInteger calls;
    private final Runnable work;

    Failing(AtomicInteger calls, Runnable work) {
      this.calls = calls;
      this.work = work;
    }

    @Override
    public void getRecommendations(
        GetRecommendationsRequest request, StreamObserver<GetRecommendationsResponse> observer) {
      calls.incrementAndGet();
      try {
        work.run();
      } catch (StatusRuntimeException e) {
        observer.onError(e);
        return;
      }
      observer.onError(Status.UNAVAILABLE.asRuntimeException());
    }
  }
}
