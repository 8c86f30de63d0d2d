package dev.platform.core.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.google.protobuf.ByteString;
import dev.platform.core.etcd.EtcdConnection;
import dev.platform.core.etcd.EtcdSettings;
import dev.platform.core.registry.Claim;
import dev.platform.core.registry.EtcdRegistrar;
import io.etcd.jetcd.api.RangeRequest;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/**
 * A user is configured, and etcd has authentication switched off at first; runs on an embedded and
 * on a real etcd.
 */
abstract class AuthenticationSwitchFaults {

  static final String USER = "app";
  private static final String KEY = "/services/a/127.0.0.1:1000";
  private static final Duration LONG_TTL = Duration.ofMinutes(5);

  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger("dev.platform.core");
  private EtcdConnection connection;

  @TempDir Path temp;

  /** A server where {@value #USER}, whose password is its name, may do everything. */
  abstract URI endpoint();

  abstract void requireAuthentication(boolean required);

  abstract void put(String key, String value);

  @BeforeEach
  void open() {
    requireAuthentication(false);
    connection =
        EtcdConnection.builder(
                new EtcdSettings(List.of(endpoint().toString()), USER, USER, Duration.ofSeconds(5)))
            .open();
    log.start();
    logger.addAppender(log);
  }

  @AfterEach
  void close() {
    logger.detachAppender(log);
    connection.close();
  }

  @Test
  void goesOnWithoutATokenAndWarnsOnce() throws Exception {
    for (int i = 0; i < 3; i++) {
      read();
    }

    assertThat(lines(Level.WARN))
        .singleElement()
        .asString()
        .contains(endpoint().toString(), "authentication switched off", USER);
    assertThat(connection.availability().isAvailable()).isTrue();
    assertThat(connection.availability().lastError()).isNull();
  }

  @Test
  void signsInAtOnceWhenAuthenticationIsSwitchedOn() throws Exception {
    read();
    requireAuthentication(true);

    read();
    read();

    assertThat(lines(Level.INFO)).singleElement().asString().contains("signed in as " + USER);
    assertThat(lines(Level.WARN)).hasSize(1);
    assertThat(connection.availability().lastError()).isNull();
  }

  @Test
  void toleratesThatItIsSwitchedOffAndOnAgain() throws Exception {
    requireAuthentication(true);
    read();
    requireAuthentication(false);
    read();
    requireAuthentication(true);
    read();

    // etcd 3.4 refuses the old token, later versions ignore it.
    assertThat(lines(Level.WARN)).hasSizeLessThanOrEqualTo(1);
    assertThat(connection.availability().lastError()).isNull();
  }

  @Test
  void staysRegisteredAndFollowsOldAndNewServices() throws Exception {
    EtcdRegistrar registrar =
        new EtcdRegistrar(connection, LONG_TTL, Clock.systemUTC(), RandomGenerator.getDefault());
    registrar.claim(List.of(new Claim(KEY, "127.0.0.1:1000", "leaving", () -> true)));
    try (InstanceDirectory directory =
        TestDirectories.open(connection, Duration.ZERO, temp.resolve("snapshots"))) {
      directory.latest("a");
      await().until(() -> registrar.snapshot().isHeld() && directory.isFollowing("a"));
      requireAuthentication(true);
      directory.latest("b");

      put("/services/a/127.0.0.1:1001", "127.0.0.1:1001");
      put("/services/b/127.0.0.1:1002", "127.0.0.1:1002");

      await().until(() -> directory.latest("a").instances().size() == 2);
      await().until(() -> directory.latest("b").instances().size() == 1);
      await().until(() -> directory.isFollowing("a") && directory.isFollowing("b"));
      registrar.close().get(5, TimeUnit.SECONDS);
      await().until(() -> directory.latest("a").instances().size() == 1);
    }
    assertThat(registrar.snapshot().acquisitions()).isEqualTo(1);
    assertThat(lines(Level.WARN)).hasSize(1);
  }

  private void read() throws InterruptedException, ExecutionException {
    connection
        .kv()
        .range(RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8(KEY)).build())
        .get();
  }

  private List<String> lines(Level level) {
    return Stream.of(log.list.toArray(ILoggingEvent[]::new))
        .filter(event -> event.getLevel() == level)
        .map(ILoggingEvent::getFormattedMessage)
        .filter(line -> line.contains(USER))
        .toList();
  }
}
