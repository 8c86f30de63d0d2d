package dev.platform.tests.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.common.util.concurrent.ListenableFuture;
import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.GetRecommendationsResponse;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc;
import dev.platform.tests.app.TestApp;
import dev.platform.tests.line.Line;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

/** Connections to the gRPC server, on real sockets. */
class BoundedConnectionsTest {

  private static ConfigurableApplicationContext app;
  private final List<ManagedChannel> channels = new ArrayList<>();

  @BeforeAll
  static void start() {
    app =
        TestApp.startWithWeb(
            Map.of(
                "spring.application.name", "connections",
                "platform.registry.enabled", "false",
                "platform.discovery.enabled", "false",
                "platform.grpc.connections.max", "2",
                "platform.grpc.connections.max-calls", "3",
                "platform.grpc.connections.handshake-timeout", "500ms"));
  }

  @AfterEach
  void closeChannels() throws InterruptedException {
    for (ManagedChannel channel : channels) {
      channel.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
    }
  }

  @AfterAll
  static void stop() {
    app.close();
  }

  @Test
  void aConnectionOverTheMaximumIsClosedAndAPlaceIsFreedByItsEnd() throws Exception {
    ManagedChannel first = channel();
    call(first, "anybody");
    ManagedChannel second = channel();
    call(second, "anybody");

    StatusRuntimeException refused =
        catchThrowableOfType(StatusRuntimeException.class, () -> call(channel(), "anybody"));
    assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    call(first, "anybody");

    second.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
    ManagedChannel third = channel();
    Awaitility.await()
        .ignoreExceptions()
        .untilAsserted(
            () -> {
              third.resetConnectBackoff();
              call(third, "anybody");
            });
  }

  @Test
  void callsOverTheMaximumOfAConnectionWait() throws Exception {
    TestApp.WhoAmI service = app.getBean(TestApp.WhoAmI.class);
    ManagedChannel channel = channel();
    // A client knows the server's settings after its first answer.
    call(channel, "anybody");
    List<ListenableFuture<GetRecommendationsResponse>> calls = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      calls.add(
          RecommendationServiceGrpc.newFutureStub(channel)
              .withDeadlineAfter(30, TimeUnit.SECONDS)
              .getRecommendations(request(TestApp.WhoAmI.PATIENT)));
    }
    Awaitility.await().until(() -> service.waiting() == 3);
    assertThat(calls).noneMatch(ListenableFuture::isDone);

    service.answerWaiting();

    Awaitility.await().until(() -> service.waiting() == 4);
  }

  @Test
  void aConnectionHasToBeSetUpInTime() throws IOException {
    try (Socket silent = new Socket(InetAddress.getLoopbackAddress(), Line.serverPort(app))) {
      silent.setSoTimeout(20_000);
      // The server's settings, then the end of the connection.
      assertThat(silent.getInputStream().readAllBytes()).hasSizeLessThan(1000);
    }
  }

  @Test
  void largeHeadersAreRefused() {
    Metadata headers = new Metadata();
    headers.put(
        Metadata.Key.of("baggage", Metadata.ASCII_STRING_MARSHALLER), "a=" + "b".repeat(9000));
    var stub =
        RecommendationServiceGrpc.newBlockingStub(channel())
            .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));

    StatusRuntimeException refused =
        catchThrowableOfType(
            StatusRuntimeException.class, () -> stub.getRecommendations(request("anybody")));
    assertThat(refused.getStatus().getCode())
        .isIn(Status.Code.INTERNAL, Status.Code.RESOURCE_EXHAUSTED, Status.Code.UNKNOWN);
  }

  private ManagedChannel channel() {
    ManagedChannel channel =
        Grpc.newChannelBuilderForAddress(
                "127.0.0.1", Line.serverPort(app), InsecureChannelCredentials.create())
            .build();
    channels.add(channel);
    return channel;
  }

  private static void call(ManagedChannel channel, String user) {
    RecommendationServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(20, TimeUnit.SECONDS)
        .getRecommendations(request(user));
  }

  private static GetRecommendationsRequest request(String user) {
    return GetRecommendationsRequest.newBuilder().setUserId(user).build();
  }
}
