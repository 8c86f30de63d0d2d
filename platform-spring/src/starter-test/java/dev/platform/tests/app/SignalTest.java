package dev.platform.tests.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.ListenableFuture;
import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.GetRecommendationsResponse;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc;
import dev.platform.starter.test.junit.EtcdExtension;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A separate process that receives SIGTERM. */
class SignalTest {

  private static final int KILLED_BY_SIGTERM = 128 + 15;

  @RegisterExtension static final EtcdExtension etcd = EtcdExtension.embedded();

  @TempDir Path folder;

  private Process process;
  private ManagedChannel channel;

  /** The application of the other process. */
  static final class App {

    private App() {}

    public static void main(String[] args) {
      TestApp.start(
          Map.of(
              "spring.application.name",
              "signalled",
              "platform.etcd.endpoints",
              args[0],
              "platform.drain.timeout",
              args[1],
              "platform.discovery.snapshot.enabled",
              "false"));
    }
  }

  @AfterEach
  void end() {
    process.destroyForcibly();
    if (channel != null) {
      channel.shutdownNow();
    }
  }

  @Test
  void aSecondSigtermEndsItImmediatelyAndLogsTerminatedCalls() throws Exception {
    start("2m");
    ListenableFuture<GetRecommendationsResponse> underWay = startPendingCall();
    process.destroy();
    awaitLog("Lifecycle: UP -> DRAINING");
    await().untilAsserted(() -> assertThatThrownBy(this::ask).isNotNull());
    assertThat(process.isAlive()).isTrue();
    assertThat(underWay).isNotDone();
    process.destroy();
    assertThat(process.waitFor(5, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(KILLED_BY_SIGTERM);
    assertThat(log())
        .containsOnlyOnce(
            "Second SIGTERM: exiting now, terminating calls: "
                + "{recommendation.v1.RecommendationService/GetRecommendations=1}");
  }

  @Test
  void afterOneSigtermItEndsAtTheDrainTimeout() throws Exception {
    start("1s");
    ListenableFuture<GetRecommendationsResponse> underWay = startPendingCall();
    process.destroy();
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(KILLED_BY_SIGTERM);
    assertThatThrownBy(() -> underWay.get(5, TimeUnit.SECONDS)).hasMessageContaining("UNAVAILABLE");
    assertThat(log())
        .containsSubsequence(
            "Lifecycle: STARTING -> UP",
            "Lifecycle: UP -> DRAINING",
            "platform.drain.timeout of 1000 ms is over, terminating calls: "
                + "{recommendation.v1.RecommendationService/GetRecommendations=1}",
            "Lifecycle: DRAINING -> STOPPED");
    assertThat(etcd.server().keys("/services/")).isEmpty();
  }

  private void start(String timeout) throws IOException {
    process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                App.class.getName(),
                etcd.endpoint().toString(),
                timeout)
            .redirectErrorStream(true)
            .redirectOutput(logFile().toFile())
            .start();
    await()
        .atMost(Duration.ofSeconds(60))
        .failFast(() -> assertThat(process.isAlive()).as("%s", log()).isTrue())
        .until(() -> etcd.server().keys("/services/signalled/").size() == 1);
    String key = etcd.server().keys("/services/signalled/").get(0);
    channel =
        Grpc.newChannelBuilder(
                key.substring(key.lastIndexOf('/') + 1), InsecureChannelCredentials.create())
            .build();
  }

  /** On one connection, calls arrive in the order of their start. */
  private ListenableFuture<GetRecommendationsResponse> startPendingCall() {
    ask();
    ListenableFuture<GetRecommendationsResponse> underWay =
        RecommendationServiceGrpc.newFutureStub(channel)
            .getRecommendations(
                GetRecommendationsRequest.newBuilder().setUserId(TestApp.WhoAmI.PATIENT).build());
    ask();
    return underWay;
  }

  private void ask() {
    var unused =
        RecommendationServiceGrpc.newBlockingStub(channel)
            .withDeadlineAfter(5, TimeUnit.SECONDS)
            .getRecommendations(GetRecommendationsRequest.getDefaultInstance());
  }

  private void awaitLog(String text) {
    await().until(() -> log().contains(text));
  }

  private String log() throws IOException {
    return Files.readString(logFile());
  }

  private Path logFile() {
    return folder.resolve("log");
  }
}
