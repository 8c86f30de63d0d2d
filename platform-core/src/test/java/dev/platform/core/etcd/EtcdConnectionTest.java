package dev.platform.core.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.platform.starter.test.etcd.EmbeddedEtcd;
import dev.platform.starter.test.etcd.EmbeddedEtcdBuilder;
import io.etcd.jetcd.api.RangeRequest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class EtcdConnectionTest {

  @Test
  void usesTheOtherMembersWhenOneIsDown() throws Exception {
    try (EmbeddedEtcd first = started(EmbeddedEtcd.builder());
        EmbeddedEtcd second = started(EmbeddedEtcd.builder())) {
      List<String> endpoints = List.of(first.endpoint().toString(), second.endpoint().toString());
      try (EtcdConnection connection = TestConnections.open(endpoints)) {
        await().ignoreExceptions().until(() -> read(connection));
        first.stop();
        for (int i = 0; i < 20; i++) {
          await().atMost(Duration.ofSeconds(2)).ignoreExceptions().until(() -> read(connection));
        }
        assertThat(connection.availability().isAvailable()).isTrue();
      }
    }
  }

  @Test
  void signsInAgainWhenEtcdHasForgottenTheToken() throws Exception {
    try (EmbeddedEtcd etcd = started(EmbeddedEtcd.builder().user("app", "secret"));
        EtcdConnection connection = open(etcd, "app", "secret")) {
      await().ignoreExceptions().until(() -> read(connection));
      etcd.stop();
      etcd.start();
      await()
          .atMost(Duration.ofSeconds(5))
          .ignoreExceptions()
          .until(
              () -> {
                connection.reconnect();
                return read(connection);
              });
    }
  }

  @Test
  void namesTheCauseOfAWrongPassword() throws Exception {
    try (EmbeddedEtcd etcd = started(EmbeddedEtcd.builder().user("app", "secret"));
        EtcdConnection connection = open(etcd, "app", "wrong")) {
      assertFailsSaying(
          connection, "etcd refused the credentials (platform.etcd.username, .password)");
    }
  }

  @Test
  void namesTheCauseOfAMissingUser() throws Exception {
    try (EmbeddedEtcd etcd = started(EmbeddedEtcd.builder().user("app", "secret"));
        EtcdConnection connection = TestConnections.open(etcd)) {
      assertFailsSaying(connection, "etcd requires a user (platform.etcd.username, .password)");
    }
  }

  @Test
  void limitsRetriesPerSecondWhileEtcdIsDownAndRunsTheRestLater() throws Exception {
    try (EmbeddedEtcd etcd = started(EmbeddedEtcd.builder());
        EtcdConnection connection = TestConnections.open(etcd)) {
      etcd.stop();
      assertFailsSaying(connection, "unreachable");
      AtomicInteger tried = new AtomicInteger();
      long start = System.nanoTime();

      for (int i = 0; i < 500; i++) {
        connection.retry(tried::incrementAndGet, 0);
      }

      await().until(() -> tried.get() > 5);
      int soFar = tried.get();
      long millis = (System.nanoTime() - start) / 1_000_000;
      assertThat(soFar).isLessThanOrEqualTo((int) Math.min(400, 1 + millis / 20));
      etcd.start();
      await()
          .atMost(Duration.ofSeconds(20))
          .ignoreExceptions()
          .until(
              () -> {
                connection.reconnect();
                return read(connection);
              });
      await().atMost(Duration.ofSeconds(20)).until(() -> tried.get() == 500);
    }
  }

  private static void assertFailsSaying(EtcdConnection connection, String cause)
      throws InterruptedException {
    try {
      read(connection);
      throw new AssertionError("the read succeeded");
    } catch (ExecutionException expected) {
      await().until(() -> connection.availability().lastError() != null);
      assertThat(connection.availability().lastError()).contains(cause);
    }
  }

  private static boolean read(EtcdConnection connection)
      throws InterruptedException, ExecutionException {
    connection
        .kv()
        .range(RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8("k")).build())
        .get();
    return true;
  }

  private static EmbeddedEtcd started(EmbeddedEtcdBuilder builder) {
    EmbeddedEtcd etcd = builder.build();
    etcd.start();
    return etcd;
  }

  private static EtcdConnection open(EmbeddedEtcd etcd, String user, String password) {
    EtcdSettings settings =
        new EtcdSettings(
            List.of(etcd.endpoint().toString()), user, password, Duration.ofSeconds(1));
    return EtcdConnection.builder(settings).open();
  }
}
