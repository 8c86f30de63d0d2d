package dev.platform.benchmarks.boot4;

import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.GetRecommendationsResponse;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc.RecommendationServiceImplBase;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.PrintStream;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.grpc.server.lifecycle.GrpcServerStartedEvent;

/**
 * A process with a gRPC service that does next to nothing, on Boot's own gRPC modules, with the
 * platform or without it, by what is on the class path. Prints {@code port N} when it serves, and
 * ends when its input does.
 */
final class Boot4CallServer {

  private Boot4CallServer() {}

  /**
   * @param arguments Spring's
   */
  public static void main(String[] arguments) throws IOException {
    var app =
        new SpringApplicationBuilder(App.class)
            .web(WebApplicationType.NONE)
            .bannerMode(Banner.Mode.OFF)
            .properties(
                "spring.application.name=calls",
                "logging.level.root=warn",
                "spring.grpc.server.address=127.0.0.1",
                "spring.grpc.server.port=0",
                "platform.registry.enabled=false",
                "platform.discovery.enabled=false")
            .run(arguments);
    PrintStream out = System.out;
    out.println("port " + app.getBean(App.class).port);
    out.flush();
    while (System.in.read() >= 0) {
      // Until the process that started it has ended.
    }
    System.exit(0);
  }

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class App {

    private int port;

    @EventListener
    void started(GrpcServerStartedEvent event) {
      port = event.getPort();
    }

    @Bean
    Recommendations recommendations() {
      return new Recommendations();
    }
  }

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
