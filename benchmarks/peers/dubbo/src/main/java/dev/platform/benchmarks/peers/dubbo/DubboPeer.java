package dev.platform.benchmarks.peers.dubbo;

import dev.platform.benchmarks.peers.Peer;
import dev.platform.benchmarks.peers.PeerProcess;
import dev.platform.benchmarks.peers.Recommender;
import dev.platform.contracts.recommendation.v1.DubboRecommendationServiceTriple.RecommendationServiceImplBase;
import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.GetRecommendationsResponse;
import dev.platform.contracts.recommendation.v1.RecommendationService;
import java.io.IOException;
import java.net.ServerSocket;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.dubbo.common.stream.StreamObserver;
import org.apache.dubbo.config.ApplicationConfig;
import org.apache.dubbo.config.MetricsConfig;
import org.apache.dubbo.config.ProtocolConfig;
import org.apache.dubbo.config.ReferenceConfig;
import org.apache.dubbo.config.RegistryConfig;
import org.apache.dubbo.config.ServiceConfig;
import org.apache.dubbo.config.TracingConfig;
import org.apache.dubbo.config.bootstrap.DubboBootstrap;
import org.apache.dubbo.config.nested.SamplingConfig;
import org.jspecify.annotations.Nullable;

/**
 * Dubbo's Triple with stubs from the same contract. Clients have a list of addresses, since Dubbo
 * registers no loopback addresses, and else Dubbo's defaults: random balancing, a timeout of a
 * second for an attempt, two retries. Calls block a thread, since Dubbo retries no others.
 */
final class DubboPeer implements Peer {

  private static final String PROTOCOL = "tri";

  private DubboPeer() {}

  public static void main(String[] arguments) throws Exception {
    PeerProcess.run(arguments, new DubboPeer());
  }

  @Override
  public int serve(@Nullable String registry) throws IOException {
    ProtocolConfig protocol = new ProtocolConfig(PROTOCOL, freePort());
    protocol.setHost("127.0.0.1");
    ServiceConfig<RecommendationService> service = new ServiceConfig<>();
    service.setInterface(RecommendationService.class);
    service.setRef(new Recommendations());
    bootstrap(SERVICE).protocol(protocol).service(service).start();
    return protocol.getPort();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  @Override
  public UnaryCall connect(String addresses) {
    ReferenceConfig<RecommendationService> reference = new ReferenceConfig<>();
    reference.setInterface(RecommendationService.class);
    reference.setUrl(
        Stream.of(addresses.split(","))
            .map(address -> PROTOCOL + "://" + address)
            .collect(Collectors.joining(";")));
    reference.setTimeout(TIMEOUT_MILLIS);
    bootstrap("checkout").reference(reference).start();
    RecommendationService stub = reference.get();
    ExecutorService callers = Executors.newCachedThreadPool();
    return ended -> callers.execute(() -> call(stub, ended));
  }

  private static void call(RecommendationService stub, Consumer<@Nullable Throwable> ended) {
    try {
      stub.getRecommendations(Recommender.REQUEST);
      ended.accept(null);
    } catch (RuntimeException e) {
      ended.accept(e);
    }
  }

  private static DubboBootstrap bootstrap(String name) {
    ApplicationConfig application = new ApplicationConfig(name);
    application.setLogger("slf4j");
    application.setQosEnable(false);
    MetricsConfig metrics = new MetricsConfig();
    metrics.setProtocol("prometheus");
    TracingConfig tracing = new TracingConfig();
    tracing.setEnabled(true);
    tracing.setSampling(new SamplingConfig(1.0f));
    DubboBootstrap bootstrap =
        DubboBootstrap.getInstance()
            .application(application)
            .registry(new RegistryConfig("N/A"))
            .metrics(metrics);
    application.getApplicationModel().getApplicationConfigManager().setTracing(tracing);
    return bootstrap;
  }

  private static final class Recommendations extends RecommendationServiceImplBase {

    @Override
    public void getRecommendations(
        GetRecommendationsRequest request, StreamObserver<GetRecommendationsResponse> observer) {
      Recommender.recommend(
          answer -> {
            observer.onNext(answer);
            observer.onCompleted();
          });
    }
  }
}
