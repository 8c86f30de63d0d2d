package dev.platform.starter.test.etcd;

import static dev.platform.starter.test.etcd.EtcdApi.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.etcd.jetcd.api.LeaseKeepAliveRequest;
import io.etcd.jetcd.api.LeaseTimeToLiveRequest;
import io.etcd.jetcd.api.WatchCreateRequest;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.Status;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EmbeddedEtcdTest {

  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
  private final EmbeddedEtcd etcd =
      EmbeddedEtcd.builder().ticker(nanos::get).progressInterval(Duration.ofMinutes(1)).build();
  private EtcdApi api;

  @BeforeEach
  void start() {
    etcd.start();
    api = new EtcdApi(etcd);
  }

  @AfterEach
  void stop() {
    api.close();
    etcd.close();
  }

  @Test
  void expiresLeasesByTheGivenClock() {
    long shorter = api.grant(10);
    long longer = api.grant(20);
    long revision = api.put("a", "1", shorter);
    api.put("b", "1", longer);

    pass(Duration.ofMillis(9_999));
    assertThat(etcd.leases()).containsExactlyInAnyOrder(shorter, longer);
    assertThat(secondsLeft(longer)).isEqualTo(10);

    pass(Duration.ofMillis(1));
    assertThat(etcd.keys("")).containsExactly("b");
    assertThat(etcd.revision()).isEqualTo(revision + 2);
    assertThat(etcd.leases()).containsExactly(longer);
    assertThat(secondsLeft(shorter)).isEqualTo(-1);
  }

  @Test
  void notifiesWatchersOfExpiryWithoutARequest() {
    api.put("k", "1", api.grant(10));
    var watch = api.watch().send(WatchRequests.key("k"));
    watch.next();

    pass(Duration.ofSeconds(10));

    assertThat(watch.next().getEventsCount()).isEqualTo(1);
  }

  @Test
  void measuresALeaseFromItsLastKeepAlive() {
    long lease = api.grant(10);
    pass(Duration.ofSeconds(9));
    api.keepAlive().send(LeaseKeepAliveRequest.newBuilder().setID(lease).build()).next();
    pass(Duration.ofSeconds(9));

    assertThat(etcd.leases()).containsExactly(lease);
    pass(Duration.ofSeconds(1));
    assertThat(etcd.leases()).isEmpty();
  }

  @Test
  void holdsLeasesWhileFrozenOrStoppedAndRearmsThemOnStart() {
    long lease = api.grant(10);

    etcd.freeze();
    pass(Duration.ofSeconds(11));
    assertThat(etcd.leases()).containsExactly(lease);
    etcd.stop();
    pass(Duration.ofSeconds(11));
    assertThat(etcd.leases()).containsExactly(lease);
    etcd.start();
    pass(Duration.ofSeconds(9));
    assertThat(etcd.leases()).containsExactly(lease);
    pass(Duration.ofSeconds(1));
    assertThat(etcd.leases()).isEmpty();
  }

  @Test
  void reportsProgressToAQuietWatcher() {
    var request = WatchCreateRequest.newBuilder().setKey(bytes("k")).setProgressNotify(true);
    var watch = api.watch().send(WatchRequests.create(request));
    watch.next();
    long revision = api.put("other", "1");

    pass(Duration.ofSeconds(60));

    WatchResponse progress = watch.next();
    assertThat(progress.getWatchId()).isZero();
    assertThat(progress.getEventsList()).isEmpty();
    assertThat(progress.getHeader().getRevision()).isEqualTo(revision);
  }

  @Test
  void reportsThatItsPortIsTaken() {
    EmbeddedEtcd second = EmbeddedEtcd.builder().port(etcd.port()).build();

    assertThatThrownBy(second::start)
        .isInstanceOf(UncheckedIOException.class)
        .hasRootCauseInstanceOf(BindException.class);
    assertThat(second.isRunning()).isFalse();

    etcd.stop();
    second.start();
    assertThat(second.port()).isEqualTo(second.endpoint().getPort());
    second.close();
  }

  @Test
  void dropsConnectionsAndAcceptsNewOnes() {
    var watch = api.watch().send(WatchRequests.key("k"));
    watch.next();

    etcd.dropConnections();

    assertThat(watch.end())
        .succeedsWithin(5, TimeUnit.SECONDS)
        .extracting(Status::getCode)
        .isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(api.put("k", "1")).isEqualTo(2);
  }

  @Test
  void dropsConnectionsWhileOthersConnect() throws Exception {
    CompletableFuture<Void> coming =
        CompletableFuture.runAsync(
            () -> {
              for (int i = 0; i < 500; i++) {
                try (Socket socket = new Socket(etcd.endpoint().getHost(), etcd.port())) {
                  assertThat(socket.isConnected()).isTrue();
                } catch (IOException e) {
                  // Dropped.
                }
              }
            });
    while (!coming.isDone()) {
      etcd.dropConnections();
    }
    coming.get();
    assertThat(api.put("k", "1")).isEqualTo(2);
  }

  @Test
  void delaysAnswersAndKeepsTheirOrder() {
    etcd.delayAnswers(Duration.ofMillis(200));
    long start = System.nanoTime();
    api.put("k", "1");
    assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(Duration.ofMillis(200).toNanos());

    var watch = api.watch().send(WatchRequests.all(2));
    etcd.put("k", "2");
    etcd.delayAnswers(Duration.ZERO);
    etcd.put("k", "3");

    assertThat(watch.next().getCreated()).isTrue();
    long last = 1;
    while (last < 4) {
      for (var event : watch.next().getEventsList()) {
        assertThat(event.getKv().getModRevision()).isEqualTo(++last);
      }
    }
  }

  @Test
  void isNotBlockedByAStalledReader() {
    var slow =
        Probe.openSlow(io.etcd.jetcd.api.WatchGrpc.newStub(api.channel)::watch)
            .send(WatchRequests.all(0));
    assertThat(slow.next().getCreated()).isTrue();
    String value = "x".repeat(100_000);
    for (int i = 0; i < 200; i++) {
      etcd.put("k", value);
    }
    etcd.compact();

    // A watcher behind the compaction first receives the events in flight, then the cancellation.
    WatchResponse last = WatchResponse.getDefaultInstance();
    int events = 0;
    while (!last.getCanceled()) {
      slow.request(1);
      last = slow.next();
      events += last.getEventsCount();
    }
    assertThat(events).isLessThan(200);
    assertThat(last.getCompactRevision()).isEqualTo(201);
  }

  @Test
  void leavesNoThreadBehind() {
    api.put("k", "1");
    api.close();
    etcd.close();

    await()
        .atMost(Duration.ofSeconds(5))
        .untilAsserted(() -> assertThat(threads()).noneMatch(t -> t.startsWith("embedded-etcd")));
    assertThatThrownBy(etcd::start)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  private long secondsLeft(long lease) {
    return api.lease()
        .leaseTimeToLive(LeaseTimeToLiveRequest.newBuilder().setID(lease).build())
        .getTTL();
  }

  private static Set<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .collect(Collectors.toSet());
  }
}
