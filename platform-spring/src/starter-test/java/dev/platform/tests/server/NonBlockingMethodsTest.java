package dev.platform.tests.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.contracts.notification.v1.NotificationServiceGrpc;
import dev.platform.contracts.notification.v1.NotificationServiceGrpc.NotificationServiceImplBase;
import dev.platform.contracts.notification.v1.NotifyRequest;
import dev.platform.contracts.notification.v1.NotifyResponse;
import dev.platform.tests.app.TestApp;
import dev.platform.tests.line.Line;
import dev.platform.tests.line.TestGrpcService;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

/** Handlers of the gRPC server that run on the transport's threads. */
class NonBlockingMethodsTest {

  private static final String METHODS = "platform.grpc.server-executor.non-blocking";

  @Test
  void aNamedMethodRunsOnTheTransportsThread() {
    assertThat(handlersThread(Map.of(METHODS, "notification.v1.NotificationService/Notify")))
        .doesNotStartWith("grpc-server-")
        .contains("worker");
  }

  @Test
  void othersRunInThePool() {
    assertThat(handlersThread(Map.of(METHODS, "recommendation.v1.RecommendationService")))
        .startsWith("grpc-server-");
  }

  private static String handlersThread(Map<String, String> more) {
    Map<String, String> properties = new HashMap<>(more);
    properties.put("spring.application.name", "threads");
    properties.put("platform.registry.enabled", "false");
    properties.put("platform.discovery.enabled", "false");
    try (ConfigurableApplicationContext app =
        TestApp.start(
            properties,
            context -> ((GenericApplicationContext) context).registerBean(Notifications.class))) {
      ManagedChannel channel =
          Grpc.newChannelBuilderForAddress(
                  "127.0.0.1", Line.serverPort(app), InsecureChannelCredentials.create())
              .build();
      try {
        NotificationServiceGrpc.newBlockingStub(channel)
            .withDeadlineAfter(20, TimeUnit.SECONDS)
            .notify(NotifyRequest.getDefaultInstance());
      } finally {
        channel.shutdownNow();
      }
      return app.getBean(Notifications.class).thread;
    }
  }

  @TestGrpcService
  static class Notifications extends NotificationServiceImplBase {

    private volatile String thread = "";

    @Override
    public void notify(NotifyRequest request, StreamObserver<NotifyResponse> answer) {
      thread = Thread.currentThread().getName();
      answer.onNext(NotifyResponse.getDefaultInstance());
      answer.onCompleted();
    }
  }
}
