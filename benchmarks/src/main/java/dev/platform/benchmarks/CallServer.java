package dev.platform.benchmarks;

import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.GetRecommendationsResponse;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc.RecommendationServiceImplBase;
import dev.platform.core.concurrent.HandlerPool;
import dev.platform.core.identity.TokenVerifier;
import dev.platform.core.identity.User;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import net.devh.boot.grpc.server.event.GrpcServerStartedEvent;
import net.devh.boot.grpc.server.service.GrpcService;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.EventListener;

/**
 * A process with a gRPC service that does almost nothing, so a call's cost is that of the code
 * around it. Prints {@code port N} when it serves, and exits at the end of its input.
 */
final class CallServer {

  private CallServer() {}

  /**
   * @param arguments {@code bare} for grpc-java alone on a pool of two threads, {@code fixed} on
   *     one of 200, {@code direct} on the transport's thread, {@code cached} on its default pool,
   *     {@code spring} for an application with the starter, {@code secured} for one that knows
   *     users; Spring's arguments
   */
  public static void main(String[] arguments) throws IOException {
    switch (arguments[0]) {
      case "bare" -> bare(Executors.newFixedThreadPool(2));
      case "fixed" -> bare(Executors.newFixedThreadPool(200));
      case "direct" -> bare(Runnable::run);
      case "pool" -> bare(new HandlerPool(200));
      case "cached" -> bare(null);
      case "spring" -> announced(Arrays.copyOfRange(arguments, 1, arguments.length));
      case "secured" -> announced(Arrays.copyOfRange(arguments, 1, arguments.length), Users.class);
      default -> throw new IllegalArgumentException(arguments[0]);
    }
    while (System.in.read() >= 0) {
      // Waits until the parent process has exited.
    }
    System.exit(0);
  }

  private static void bare(@Nullable Executor executor) throws IOException {
    Server server =
        NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
            .executor(executor)
            .addService(new Recommendations())
            .build()
            .start();
    announce(server.getPort());
  }

  /** An application with all of the platform's call features, every trace recorded. */
  static ConfigurableApplicationContext startEverything() {
    return spring(everything("1.0").toArray(String[]::new));
  }

  /** The same with authentication of users, and with rules that allow each call. */
  static ConfigurableApplicationContext startEverythingSecured() {
    List<String> arguments = new ArrayList<>(everything("1.0"));
    arguments.add("--platform.security.transport.mode=plaintext");
    arguments.add(
        "--platform.security.authorization.rules"
            + "[recommendation.v1.RecommendationService/*].callers=calls");
    arguments.add(
        "--platform.security.authorization.rules"
            + "[recommendation.v1.RecommendationService/*].roles=customer");
    return spring(arguments.toArray(String[]::new), Users.class);
  }

  /** Its Spring arguments. */
  static List<String> everything(String sampled) {
    return List.of(
        "--management.tracing.sampling.probability=" + sampled,
        "--platform.resilience.rate-limit.server=calls",
        "--resilience4j.ratelimiter.instances.calls.limit-for-period=1800000000",
        "--resilience4j.ratelimiter.instances.calls.limit-refresh-period=1h",
        "--platform.resilience.concurrency-limit.mode=fixed",
        "--platform.resilience.concurrency-limit.limit=1000");
  }

  /** An application with these classes, too. */
  static ConfigurableApplicationContext spring(String[] arguments, Class<?>... more) {
    return new SpringApplicationBuilder(App.class)
        .sources(more)
        .web(WebApplicationType.NONE)
        .bannerMode(Banner.Mode.OFF)
        .properties(
            "spring.application.name=calls",
            "logging.level.root=warn",
            "grpc.server.address=127.0.0.1",
            "grpc.server.port=0",
            "platform.dev.etcd.enabled=false",
            "platform.dev.postgres.enabled=false",
            "platform.dev.tracing.enabled=false",
            "platform.registry.enabled=false",
            "platform.discovery.enabled=false")
        .run(arguments);
  }

  /** The same, whose port is printed. */
  static void announced(String[] arguments, Class<?>... more) {
    announce(spring(arguments, more).getBean(App.class).port);
  }

  private static void announce(int port) {
    PrintStream out = System.out;
    out.println("port " + port);
    out.flush();
  }

  /** Each token is a customer's. */
  @Configuration(proxyBeanMethods = false)
  static class Users {

    @Bean
    TokenVerifier tokenVerifier() {
      return token -> new User("u-1", "https://issuer.example", Set.of("customer"), null);
    }
  }

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  @Import(Recommendations.class)
  static class App {

    private int port;

    @EventListener
    void started(GrpcServerStartedEvent event) {
      port = event.getPort();
    }
  }

  @GrpcService
  static class Recommendations extends RecommendationServiceImplBase {

    private static final GetRecommendationsResponse ANSWER =
        GetRecommendationsResponse.newBuilder().addProductIds("p-mug").build();

    @Override
    public void getRecommendations(
        GetRecommendationsRequest request, StreamObserver<GetRecommendationsResponse> answer) {
      answer.onNext(ANSWER);
      answer.onCompleted();
    }
  }
}
