package dev.platform.core.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.platform.core.LogLines;
import dev.platform.core.etcd.EtcdConnection;
import dev.platform.core.etcd.EtcdSettings;
import dev.platform.core.etcd.EtcdWatches;
import dev.platform.core.etcd.FastTimer;
import dev.platform.core.etcd.GrpcProxy;
import dev.platform.core.etcd.TestConnections;
import dev.platform.starter.test.etcd.EtcdProcess;
import dev.platform.starter.test.junit.EtcdExtension;
import io.etcd.jetcd.api.Event;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Registration and watches through etcd's own gRPC proxy. */
class GrpcProxyTest {

  private static final String KEY = "/services/a/127.0.0.1:1000";
  private static final Duration TTL = Duration.ofSeconds(3);

  @RegisterExtension final LogLines log = LogLines.ofAll();

  private EtcdProcess etcd;
  private GrpcProxy proxy;

  @BeforeAll
  static void requireEtcd() {
    EtcdExtension.requireReal();
  }

  @BeforeEach
  void start() throws Exception {
    etcd = EtcdProcess.create();
    etcd.start();
    proxy = GrpcProxy.start(etcd.port());
  }

  @AfterEach
  void stop() {
    proxy.close();
    etcd.close();
  }

  @Test
  void keepsOneLeaseFarBeyondItsTimeToLive() throws Exception {
    try (EtcdConnection connection =
        EtcdConnection.builder(TestConnections.slow(List.of(proxy.endpoint()))).open()) {
      EtcdRegistrar registrar = registrar(connection);
      await().until(() -> registrar.snapshot().isHeld());
      String lease = registrar.snapshot().leaseId();

      await().atMost(Duration.ofSeconds(30)).until(() -> registrar.renewals() >= 6);

      assertThat(registrar.snapshot().leaseId()).isEqualTo(lease);
      assertThat(registrar.failedRenewals()).isZero();
      assertThat(etcd.get(KEY)).contains("value");
      assertThat(log.text()).doesNotContain("Registration lost");
      registrar.close().get(5, TimeUnit.SECONDS);
      assertThat(etcd.get(KEY)).isEmpty();
      assertThat(etcd.leases()).isEmpty();
    }
  }

  @Test
  void registersAgainAfterTheLeaseIsGone() throws Exception {
    try (EtcdConnection connection = TestConnections.open(List.of(proxy.endpoint()))) {
      EtcdRegistrar registrar = registrar(connection);
      await().until(() -> registrar.snapshot().isHeld());
      etcd.expireLease(etcd.leases().get(0));
      await().atMost(Duration.ofSeconds(15)).until(() -> registrar.snapshot().acquisitions() > 1);
      assertThat(etcd.get(KEY)).contains("value");
      assertThat(log.text()).doesNotContain("does not answer");
    }
  }

  @Test
  void keepsAQuietWatchThroughAProxyThatAnswersNoProgressRequests() throws Exception {
    int times = 20;
    Watching watching = new Watching();
    try (EtcdConnection connection =
        EtcdConnection.builder(EtcdSettings.defaults().withEndpoints(List.of(proxy.endpoint())))
            .executor(new FastTimer(times))
            .open()) {
      connection.execute(
          () ->
              connection
                  .watches()
                  .watch(ByteString.copyFromUtf8("k"), ByteString.EMPTY, 1, watching));
      await().until(() -> watching.following);

      await()
          .during(Duration.ofMinutes(2).dividedBy(times))
          .atMost(Duration.ofMinutes(3).dividedBy(times))
          .until(() -> watching.broken.isEmpty());

      etcd.put("k", "v");
      await().until(() -> watching.events == 1);
      assertThat(watching.broken).isEmpty();
    }
  }

  @Test
  void endsAWatchBehindAProxyThatIsFrozen() throws Exception {
    Watching watching = new Watching();
    try (EtcdConnection connection =
        EtcdConnection.builder(EtcdSettings.defaults().withEndpoints(List.of(proxy.endpoint())))
            .executor(new FastTimer(20))
            .open()) {
      connection.execute(
          () ->
              connection
                  .watches()
                  .watch(ByteString.copyFromUtf8("k"), ByteString.EMPTY, 1, watching));
      await().until(() -> watching.following);
      proxy.freeze();
      await().until(() -> watching.broken.size() == 1);
      assertThat(watching.broken.get(0)).contains("silent");
    }
  }

  private static EtcdRegistrar registrar(EtcdConnection connection) {
    EtcdRegistrar registrar =
        new EtcdRegistrar(connection, TTL, Clock.systemUTC(), RandomGenerator.getDefault());
    registrar.claim(List.of(new Claim(KEY, "value", "leaving", () -> true)));
    return registrar;
  }

  private static final class Watching implements EtcdWatches.Listener {

    private volatile boolean following;
    private volatile int events;
    private final List<String> broken = new CopyOnWriteArrayList<>();

    @Override
    public void onFollowing() {
      following = true;
    }

    @Override
    public void onEvents(List<Event> more) {
      events += more.size();
    }

    @Override
    public void onBroken(String reason) {
      broken.add(reason);
    }
  }
}
