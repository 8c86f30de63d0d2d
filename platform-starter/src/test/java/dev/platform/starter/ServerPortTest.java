package dev.platform.starter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc;
import dev.platform.tests.app.TestApp;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import net.devh.boot.grpc.server.config.GrpcServerProperties;
import net.devh.boot.grpc.server.event.GrpcServerStartedEvent;
import net.devh.boot.grpc.server.serverfactory.GrpcServerFactory;
import net.devh.boot.grpc.server.serverfactory.GrpcServerLifecycle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;

/** {@code grpc.server.port: 0}. */
class ServerPortTest {

  private final List<GrpcServerStartedEvent> started = new CopyOnWriteArrayList<>();
  private final Map<String, Object> properties =
      new HashMap<>(
          Map.of("platform.registry.enabled", "false", "platform.discovery.enabled", "false"));
  private ConfigurableApplicationContext app;

  @AfterEach
  void stop() {
    app.close();
  }

  @Test
  void itsPortIsTheBoundPortInAllApis() {
    start();

    int port = started.get(0).getServer().getPort();
    assertThat(port).isPositive();
    assertThat(started.get(0).getPort()).isEqualTo(port);
    assertThat(app.getBean(GrpcServerFactory.class).getPort()).isEqualTo(port);
    assertThat(app.getBean(GrpcServerProperties.class).getPort()).isEqualTo(port);
    ask(port);
  }

  @Test
  void itIsKeptOnARestartOfTheServer() {
    start();
    int port = started.get(0).getPort();

    GrpcServerLifecycle lifecycle = app.getBean(GrpcServerLifecycle.class);
    lifecycle.stop();
    lifecycle.start();

    assertThat(started).hasSize(2);
    assertThat(started.get(1).getServer().getPort()).isEqualTo(port);
    ask(port);
  }

  @Test
  void noPortIsChosenBeforeItIsBound() {
    start();
    GrpcServerProperties any = new GrpcServerProperties();
    any.setPort(0);

    assertThat(app.getBean(GrpcServerFactory.class)).isInstanceOf(FreePortServerFactory.class);
    assertThat(new FreePortServerFactory(any, List.of()).getPort()).isZero();
  }

  @Test
  void withAnInProcessServerNetDevhsFactoryIsKept() {
    properties.put("grpc.server.in-process-name", "inside");
    start();

    assertThat(app.getBeansOfType(GrpcServerFactory.class)).hasSize(2);
    assertThat(app.getBeansOfType(FreePortServerFactory.class)).isEmpty();
  }

  private void start() {
    app =
        TestApp.start(
            properties,
            context ->
                context.addApplicationListener(
                    (ApplicationListener<GrpcServerStartedEvent>) started::add));
  }

  private static void ask(int port) {
    ManagedChannel channel =
        Grpc.newChannelBuilder("127.0.0.1:" + port, InsecureChannelCredentials.create()).build();
    try {
      assertThat(
              RecommendationServiceGrpc.newBlockingStub(channel)
                  .withDeadlineAfter(20, TimeUnit.SECONDS)
                  .getRecommendations(GetRecommendationsRequest.getDefaultInstance())
                  .getProductIdsCount())
          .isEqualTo(2);
    } finally {
      channel.shutdownNow();
    }
  }
}
