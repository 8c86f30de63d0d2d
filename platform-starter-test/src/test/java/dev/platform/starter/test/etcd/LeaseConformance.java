package dev.platform.starter.test.etcd;

import static dev.platform.starter.test.etcd.EtcdApi.assertRefused;
import static dev.platform.starter.test.etcd.EtcdApi.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.LeaseGrantRequest;
import io.etcd.jetcd.api.LeaseGrantResponse;
import io.etcd.jetcd.api.LeaseKeepAliveRequest;
import io.etcd.jetcd.api.LeaseKeepAliveResponse;
import io.etcd.jetcd.api.LeaseRevokeRequest;
import io.etcd.jetcd.api.LeaseTimeToLiveRequest;
import io.etcd.jetcd.api.LeaseTimeToLiveResponse;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.Status;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

abstract class LeaseConformance extends ConformanceCase {

  @Test
  void grantsUnderItsOwnOrAChosenId() {
    LeaseGrantResponse own = grant(0, 60);
    LeaseGrantResponse chosen = grant(4242, 60);

    assertThat(own.getID()).isPositive();
    assertThat(own.getTTL()).isEqualTo(60);
    assertThat(own.getHeader().getRevision()).isEqualTo(api.revision());
    assertThat(chosen.getID()).isEqualTo(4242);
    assertThat(etcd().leases()).containsExactlyInAnyOrder(own.getID(), 4242L);
    assertRefused(() -> grant(4242, 60), Status.Code.FAILED_PRECONDITION, "lease already exists");
  }

  @Test
  void boundsTheTtl() {
    assertThat(grant(0, 1).getTTL()).isEqualTo(2);
    assertThat(grant(0, 0).getTTL()).isEqualTo(2);
    assertThat(grant(0, -1).getTTL()).isEqualTo(2);
    assertThat(grant(0, 9_000_000_000L).getTTL()).isEqualTo(9_000_000_000L);
    assertRefused(() -> grant(0, 9_000_000_001L), Status.Code.OUT_OF_RANGE, "too large lease TTL");
  }

  @Test
  void deletesTheKeysOfARevokedLeaseInOneRevision() {
    long lease = api.grant(60);
    api.put("b", "1", lease);
    api.put("a", "1", lease);
    long before = api.put("free", "1");
    var watch = api.watch().send(WatchRequests.all(before + 1));
    watch.next();

    var response = api.lease().leaseRevoke(LeaseRevokeRequest.newBuilder().setID(lease).build());

    assertThat(response.getHeader().getRevision()).isEqualTo(before + 1);
    assertThat(etcd().keys("")).containsExactly("free");
    WatchResponse events = watch.next();
    assertThat(events.getEventsList())
        .allMatch(event -> event.getType() == Event.EventType.DELETE)
        .extracting(event -> event.getKv().getKey().toStringUtf8())
        .containsExactly("a", "b");
    assertThat(events.getEventsList())
        .allMatch(event -> event.getKv().getModRevision() == before + 1);
  }

  @Test
  void usesNoRevisionForALeaseWithoutKeys() {
    long before = api.revision();
    long lease = api.grant(60);
    api.lease().leaseRevoke(LeaseRevokeRequest.newBuilder().setID(lease).build());

    assertThat(api.revision()).isEqualTo(before);
    assertRefused(
        () -> api.lease().leaseRevoke(LeaseRevokeRequest.newBuilder().setID(lease).build()),
        Status.Code.NOT_FOUND,
        "requested lease not found");
  }

  @Test
  void expiresALeaseAndItsKeysByItself() {
    long lease = api.grant(2);
    long before = api.put("k", "1", lease);
    var watch = api.watch().send(WatchRequests.all(before + 1));
    watch.next();

    WatchResponse events = watch.next();

    assertThat(events.getEvents(0).getType()).isEqualTo(Event.EventType.DELETE);
    assertThat(events.getEvents(0).getKv().getModRevision()).isEqualTo(before + 1);
    assertThat(etcd().keys("")).isEmpty();
    assertThat(etcd().leases()).isEmpty();
  }

  @Test
  void keepsManyLeasesAliveOnOneStream() {
    long first = api.grant(60);
    long second = api.grant(70);
    var stream = api.keepAlive().send(keepAlive(first)).send(keepAlive(second)).send(keepAlive(7));

    LeaseKeepAliveResponse one = stream.next();
    assertThat(one.getID()).isEqualTo(first);
    assertThat(one.getTTL()).isEqualTo(60);
    assertThat(one.getHeader().getRevision()).isEqualTo(api.revision());
    assertThat(stream.next().getTTL()).isEqualTo(70);
    LeaseKeepAliveResponse unknown = stream.next();
    assertThat(unknown.getID()).isEqualTo(7);
    assertThat(unknown.getTTL()).isZero();
  }

  @Test
  void endsTheKeepAliveStreamWithTheClient() {
    var stream = api.keepAlive().send(keepAlive(api.grant(60)));
    stream.next();

    stream.halfClose();

    assertThat(stream.end()).succeedsWithin(5, TimeUnit.SECONDS).isEqualTo(Status.OK);
  }

  @Test
  void doesNotExpireWhileItIsKeptAlive() {
    long lease = api.grant(2);
    api.put("k", "1", lease);
    var stream = api.keepAlive();
    long start = System.nanoTime();

    await()
        .atMost(Duration.ofSeconds(8))
        .pollInterval(Duration.ofMillis(300))
        .until(
            () -> {
              assertThat(stream.send(keepAlive(lease)).next().getTTL()).isEqualTo(2);
              return System.nanoTime() - start > TimeUnit.SECONDS.toNanos(4);
            });

    assertThat(etcd().get("k")).contains("1");
  }

  @Test
  void returnsTheRemainingTimeAndTheKeys() {
    long lease = api.grant(60);
    api.put("k", "1", lease);

    LeaseTimeToLiveResponse left = timeToLive(lease, true);
    assertThat(left.getTTL()).isBetween(58L, 60L);
    assertThat(left.getGrantedTTL()).isEqualTo(60);
    assertThat(left.getKeysList()).containsExactly(bytes("k"));
    assertThat(timeToLive(lease, false).getKeysList()).isEmpty();

    LeaseTimeToLiveResponse unknown = timeToLive(4711, true);
    assertThat(unknown.getTTL()).isEqualTo(-1);
    assertThat(unknown.getGrantedTTL()).isZero();
    assertThat(unknown.getID()).isEqualTo(4711);
  }

  @Test
  void dropsADeletedKey() {
    long lease = api.grant(60);
    api.put("k", "1", lease);
    api.delete("k");
    api.put("k", "2");

    assertThat(timeToLive(lease, true).getKeysList()).isEmpty();
    etcd().expireLease(lease);
    assertThat(etcd().get("k")).contains("2");
  }

  @Test
  void answersKeepAliveWithZeroOnceTheLeaseIsGone() {
    long lease = api.grant(60);
    var stream = api.keepAlive().send(keepAlive(lease));
    assertThat(stream.next().getTTL()).isEqualTo(60);

    etcd().expireLease(lease);

    assertThat(stream.send(keepAlive(lease)).next().getTTL()).isZero();
  }

  private LeaseGrantResponse grant(long id, long seconds) {
    return api.lease().leaseGrant(LeaseGrantRequest.newBuilder().setID(id).setTTL(seconds).build());
  }

  private LeaseTimeToLiveResponse timeToLive(long id, boolean keys) {
    return api.lease()
        .leaseTimeToLive(LeaseTimeToLiveRequest.newBuilder().setID(id).setKeys(keys).build());
  }

  private static LeaseKeepAliveRequest keepAlive(long id) {
    return LeaseKeepAliveRequest.newBuilder().setID(id).build();
  }
}
