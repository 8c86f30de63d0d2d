package dev.platform.boot4;

import dev.platform.contracts.product.v1.ListProductsRequest;
import dev.platform.contracts.product.v1.ListProductsResponse;
import dev.platform.contracts.product.v1.ProductServiceGrpc.ProductServiceImplBase;
import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.GetRecommendationsResponse;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc.RecommendationServiceImplBase;
import dev.platform.core.failure.GrpcExceptionMapper;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.MapPropertySource;
import org.springframework.grpc.server.exception.GrpcExceptionHandler;

/** A user's gRPC server app on a free port, without a web server. */
@SpringBootConfiguration
@EnableAutoConfiguration
class Shop {

  /** Calls wait until the test answers. */
  static final String PATIENT = "patient";

  static ConfigurableApplicationContext start(Map<String, ?> properties, Class<?>... more) {
    return run(Shop.class, properties, more);
  }

  /** Runs any application with properties common to all tests. */
  static ConfigurableApplicationContext run(
      Class<?> application, Map<String, ?> properties, Class<?>... more) {
    Map<String, Object> all =
        new HashMap<>(
            Map.of(
                "spring.grpc.server.address", "127.0.0.1",
                "spring.grpc.server.port", "0",
                "server.port", "0",
                "platform.drain.delay", "0s",
                "platform.discovery.snapshot.directory", "target/discovery-snapshots",
                "spring.application.name", "shop"));
    all.putAll(properties);
    return new SpringApplicationBuilder(application)
        .sources(more)
        .web(WebApplicationType.NONE)
        .initializers(
            context ->
                context
                    .getEnvironment()
                    .getPropertySources()
                    .addFirst(new MapPropertySource("test", all)))
        .run();
  }

  @Bean
  Recommendations recommendations(@Value("${test.instance:one}") String name) {
    return new Recommendations(name);
  }

  @Bean
  EndlessProducts products() {
    return new EndlessProducts();
  }

  @Bean
  GrpcExceptionMapper illegalArguments() {
    return failure ->
        failure instanceof IllegalArgumentException
            ? Status.INVALID_ARGUMENT.withDescription("ours").asException()
            : null;
  }

  @Bean
  GrpcExceptionHandler unsupported() {
    return failure ->
        failure instanceof UnsupportedOperationException
            ? Status.UNIMPLEMENTED.withDescription("Spring's").asException()
            : null;
  }

  /** Returns its name, the remaining time and the thread; some user ids select other responses. */
  static class Recommendations extends RecommendationServiceImplBase {

    private final String name;
    final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

    Recommendations(String name) {
      this.name = name;
    }

    @Override
    public void getRecommendations(
        GetRecommendationsRequest request, StreamObserver<GetRecommendationsResponse> answer) {
      switch (request.getUserId()) {
        case "illegal" -> throw new IllegalArgumentException("illegal");
        case "unsupported" -> throw new UnsupportedOperationException("unsupported");
        case "broken" -> throw new IllegalStateException("secret");
        case "unavailable" -> answer.onError(Status.UNAVAILABLE.asException());
        case PATIENT -> waiting.add(() -> answer(answer));
        default -> answer(answer);
      }
    }

    private void answer(StreamObserver<GetRecommendationsResponse> answer) {
      Deadline deadline = Context.current().getDeadline();
      answer.onNext(
          GetRecommendationsResponse.newBuilder()
              .addProductIds(name)
              .addProductIds(
                  deadline == null ? "-1" : "" + deadline.timeRemaining(TimeUnit.MILLISECONDS))
              .addProductIds(Thread.currentThread().getName())
              .build());
      answer.onCompleted();
    }
  }

  /** Sends one product and never ends the stream. */
  static class EndlessProducts extends ProductServiceImplBase {

    @Override
    public void listProducts(
        ListProductsRequest request, StreamObserver<ListProductsResponse> answer) {
      answer.onNext(ListProductsResponse.getDefaultInstance());
    }
  }
}
