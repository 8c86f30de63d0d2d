package dev.platform.core.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.google.protobuf.ByteString;
import dev.platform.core.etcd.EtcdConnection;
import dev.platform.core.etcd.EtcdWithUsers;
import dev.platform.core.registry.Claim;
import dev.platform.core.registry.EtcdRegistrar;
import dev.platform.starter.test.junit.EtcdExtension;
import io.etcd.jetcd.api.RangeRequest;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** JSON Web Tokens end with any change of users or roles. */
class JwtTokensTest {

  private static final String KEY = "/services/a/127.0.0.1:1000";
  private static final Duration LONG_TTL = Duration.ofMinutes(5);

  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger("dev.platform.core.etcd");
  private EtcdWithUsers etcd;
  private EtcdConnection connection;

  @TempDir Path temp;

  @BeforeAll
  static void requireEtcd() {
    EtcdExtension.requireReal();
  }

  @BeforeEach
  void start() throws Exception {
    etcd = EtcdWithUsers.startWithJwt(temp);
    connection = etcd.connect();
    log.start();
    logger.addAppender(log);
    logger.setLevel(Level.DEBUG);
  }

  @AfterEach
  void stop() {
    logger.setLevel(null);
    logger.detachAppender(log);
    connection.close();
    etcd.close();
  }

  @Test
  void signsInAgainAtOnceAndSaysSoInOneDebugLine() throws Exception {
    read();
    etcd.changeUsers();
    read();
    read();
    assertThat(log.list).singleElement().satisfies(JwtTokensTest::saysThatTheTokenIsOutdated);
    assertThat(connection.availability().isAvailable()).isTrue();
  }

  @Test
  void toleratesManyChangesInARow() throws Exception {
    for (int i = 0; i < 5; i++) {
      read();
      etcd.changeUsers();
    }
    read();
    assertThat(log.list).hasSize(5).allSatisfy(JwtTokensTest::saysThatTheTokenIsOutdated);
  }

  @Test
  void deletesItsKeysAtShutdownAfterUsersHaveChanged() throws Exception {
    EtcdRegistrar registrar =
        new EtcdRegistrar(connection, LONG_TTL, Clock.systemUTC(), RandomGenerator.getDefault());
    registrar.claim(List.of(new Claim(KEY, "value", "leaving", () -> true)));
    await().until(() -> registrar.snapshot().isHeld());
    etcd.changeUsers();
    registrar.close().get(5, TimeUnit.SECONDS);
    assertThat(etcd.get(KEY)).isEmpty();
  }

  @Test
  void followsNewServicesAndOldOnesAfterUsersHaveChanged() {
    try (InstanceDirectory directory =
        TestDirectories.open(connection, Duration.ZERO, temp.resolve("snapshots"))) {
      directory.latest("a");
      await().until(() -> directory.isFollowing("a"));
      etcd.changeUsers();
      directory.latest("b");

      etcd.put("/services/a/127.0.0.1:1000", "127.0.0.1:1000");
      etcd.put("/services/b/127.0.0.1:1001", "127.0.0.1:1001");

      await().until(() -> directory.latest("a").instances().size() == 1);
      await().until(() -> directory.latest("b").instances().size() == 1);
      await().until(() -> directory.isFollowing("a") && directory.isFollowing("b"));
      assertThat(log.list).noneMatch(event -> event.getLevel().isGreaterOrEqual(Level.INFO));
    }
  }

  private void read() throws Exception {
    connection
        .kv()
        .range(RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8(KEY)).build())
        .get();
  }

  private static void saysThatTheTokenIsOutdated(ILoggingEvent event) {
    assertThat(event.getLevel()).isEqualTo(Level.DEBUG);
    assertThat(event.getFormattedMessage()).contains("signing in again", "auth store is old");
  }
}
