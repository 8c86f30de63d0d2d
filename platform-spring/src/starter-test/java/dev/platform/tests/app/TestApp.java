package dev.platform.tests.app;

import dev.platform.contracts.product.v1.ListProductsRequest;
import dev.platform.contracts.product.v1.ListProductsResponse;
import dev.platform.contracts.product.v1.ProductServiceGrpc.ProductServiceImplBase;
import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.GetRecommendationsResponse;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc.RecommendationServiceImplBase;
import dev.platform.tests.line.Line;
import dev.platform.tests.line.TestGrpcService;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.MapPropertySource;

/** A user's application: its gRPC service returns the instance's name and the remaining time. */
@SpringBootConfiguration
@EnableAutoConfiguration
@Import({TestApp.WhoAmI.class, TestApp.EndlessProducts.class})
public class TestApp {

  /** Starts the app with gRPC on a free port and without a web server. */
  public static ConfigurableApplicationContext start(Map<String, ?> properties) {
    return builder(properties).web(WebApplicationType.NONE).run();
  }

  /** Customizes the context before its start. */
  public static ConfigurableApplicationContext start(
      Map<String, ?> properties,
      ApplicationContextInitializer<ConfigurableApplicationContext> initializer) {
    return builder(properties).web(WebApplicationType.NONE).initializers(initializer).run();
  }

  /** Starts the app with a web server on a free port. */
  public static ConfigurableApplicationContext startWithWeb(Map<String, ?> properties) {
    return builder(properties).web(WebApplicationType.SERVLET).run();
  }

  /** Customizes the context before its start. */
  public static ConfigurableApplicationContext startWithWeb(
      Map<String, ?> properties,
      ApplicationContextInitializer<ConfigurableApplicationContext> initializer) {
    return builder(properties).web(WebApplicationType.SERVLET).initializers(initializer).run();
  }

  /** Starts the app with a WebFlux server on a free port. */
  public static ConfigurableApplicationContext startWithWebFlux(
      Map<String, ?> properties,
      ApplicationContextInitializer<ConfigurableApplicationContext> initializer) {
    return builder(properties).web(WebApplicationType.REACTIVE).initializers(initializer).run();
  }

  public static int webPort(ApplicationContext app) {
    return app.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
  }

  private static SpringApplicationBuilder builder(Map<String, ?> properties) {
    return new SpringApplicationBuilder(TestApp.class)
        .properties(
            "server.address=127.0.0.1",
            "server.port=0",
            "platform.drain.delay=0s",
            // On a busy machine a probe may be due before a test has seen that its breaker is open.
            "platform.resilience.circuit-breaker.probe-interval=0s",
            // Nobody waits for a test's first call; see WarmUpTest.
            "platform.start.warm-up.max=0s",
            "platform.discovery.snapshot.directory=target/discovery-snapshots")
        .properties(Line.properties())
        .initializers(
            context ->
                context
                    .getEnvironment()
                    .getPropertySources()
                    .addFirst(new MapPropertySource("test", Map.copyOf(properties))));
  }

  /** Answers at once, except for the user {@link #PATIENT}. */
  @TestGrpcService
  public static class WhoAmI extends RecommendationServiceImplBase {

    /** Calls of this user wait for {@link #answerWaiting}. */
    public static final String PATIENT = "patient";

    private final String name;
    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

    WhoAmI(@Value("${test.instance:nobody}") String name) {
      this.name = name;
    }

    @Override
    public void getRecommendations(
        GetRecommendationsRequest request, StreamObserver<GetRecommendationsResponse> answer) {
      if (request.getUserId().equals(PATIENT)) {
        waiting.add(() -> answer(answer));
      } else {
        answer(answer);
      }
    }

    /** The number of in-flight calls of {@link #PATIENT}. */
    public int waiting() {
      return waiting.size();
    }

    public void answerWaiting() {
      waiting.forEach(Runnable::run);
    }

    private void answer(StreamObserver<GetRecommendationsResponse> answer) {
      Deadline deadline = Context.current().getDeadline();
      String left =
          deadline == null ? "none" : Long.toString(deadline.timeRemaining(TimeUnit.MILLISECONDS));
      answer.onNext(
          GetRecommendationsResponse.newBuilder().addProductIds(name).addProductIds(left).build());
      answer.onCompleted();
    }
  }

  /** Sends one product and never ends the stream. */
  @TestGrpcService
  public static class EndlessProducts extends ProductServiceImplBase {

    final AtomicInteger cancelled = new AtomicInteger();

    @Override
    public void listProducts(
        ListProductsRequest request, StreamObserver<ListProductsResponse> answer) {
      ((ServerCallStreamObserver<ListProductsResponse>) answer)
          .setOnCancelHandler(cancelled::incrementAndGet);
      answer.onNext(ListProductsResponse.getDefaultInstance());
    }
  }
}
