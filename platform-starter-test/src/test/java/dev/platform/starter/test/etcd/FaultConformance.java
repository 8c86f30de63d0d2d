package dev.platform.starter.test.etcd;

import static dev.platform.starter.test.etcd.EtcdApi.assertRefused;
import static dev.platform.starter.test.etcd.EtcdApi.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.LeaseKeepAliveRequest;
import io.etcd.jetcd.api.LeaseTimeToLiveRequest;
import io.etcd.jetcd.api.MemberListRequest;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.StatusRequest;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

abstract class FaultConformance extends ConformanceCase {

  @Test
  void reportsItsStatusAndMembers() {
    var status = api.maintenance().status(StatusRequest.getDefaultInstance());
    var members = api.cluster().memberList(MemberListRequest.getDefaultInstance());

    assertThat(status.getVersion()).matches("\\d+\\.\\d+\\.\\d+");
    assertThat(status.getLeader()).isEqualTo(status.getHeader().getMemberId());
    assertThat(status.getRaftTerm()).isEqualTo(status.getHeader().getRaftTerm());
    assertThat(status.getErrorsList()).isEmpty();
    assertThat(members.getMembersList()).hasSize(1);
    assertThat(members.getMembers(0).getID()).isEqualTo(status.getLeader());
    assertThat(members.getMembers(0).getClientURLsList())
        .containsExactly(etcd().endpoint().toString());
  }

  @Test
  void exposesItsDataToTheTest() {
    long lease = etcd().grantLease(Duration.ofSeconds(60));
    api.put("/a/1", "one", lease);
    long revision = etcd().put("/b/1", "two");

    assertThat(etcd().get("/a/1")).contains("one");
    assertThat(etcd().get("/a/2")).isEmpty();
    assertThat(etcd().keys("/a/")).containsExactly("/a/1");
    assertThat(etcd().leases()).containsExactly(lease);
    assertThat(etcd().revision()).isEqualTo(revision);
    assertThat(etcd().delete("/b/1")).isTrue();
    assertThat(etcd().delete("/b/1")).isFalse();
    etcd().expireLease(lease);
    assertThat(etcd().keys("")).isEmpty();
    assertThat(etcd().compact()).isEqualTo(revision + 2);
    assertThatThrownBy(() -> etcd().expireLease(lease))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("requested lease not found");
  }

  @Test
  void keepsDataRevisionsAndLeasesOverARestartAndRearmsThem() {
    long lease = api.grant(3);
    long revision = api.put("k", "1", lease);
    var watch = api.watch().send(WatchRequests.key("k"));
    watch.next();
    await().atMost(Duration.ofSeconds(5)).until(() -> secondsLeft(lease) < 2);
    int port = etcd().port();

    etcd().stop();

    assertThat(watch.end())
        .succeedsWithin(5, TimeUnit.SECONDS)
        .extracting(Status::getCode)
        .isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(etcd().isRunning()).isFalse();
    etcd().start();
    assertThat(etcd().port()).isEqualTo(port);
    assertThat(api.get("k").getModRevision()).isEqualTo(revision);
    assertThat(secondsLeft(lease)).isGreaterThanOrEqualTo(2);
    await().atMost(Duration.ofSeconds(10)).until(() -> etcd().keys("").isEmpty());
  }

  @Test
  void isEmptyAfterAWipe() {
    api.put("k", "1", api.grant(60));
    var header = api.kv().range(get("k")).getHeader();

    etcd().wipe();

    RangeResponse response = api.kv().range(get("k"));
    assertThat(response.getKvsList()).isEmpty();
    assertThat(response.getHeader().getRevision()).isEqualTo(1);
    assertThat(response.getHeader().getClusterId()).isEqualTo(header.getClusterId());
    assertThat(etcd().leases()).isEmpty();
    assertThat(api.put("k", "1")).isEqualTo(2);
  }

  @Test
  void answersNothingWhileFrozenAndEverythingOnceThawed() {
    long revision = api.put("k", "0");
    var watch = api.watch().send(WatchRequests.key("k"));
    watch.next();
    etcd().freeze();
    Future<RangeResponse> waiting = KVGrpc.newFutureStub(api.channel).range(get("k"));
    Future<?> put = KVGrpc.newFutureStub(api.channel).put(putOf("k", "1"));
    ManagedChannel late = new EtcdApi(etcd()).channel;
    Future<RangeResponse> onNewConnection =
        ClientCalls.futureUnaryCall(
            late.newCall(KVGrpc.getRangeMethod(), io.grpc.CallOptions.DEFAULT), get("k"));

    assertThatThrownBy(
            () ->
                KVGrpc.newBlockingStub(api.channel)
                    .withDeadlineAfter(300, TimeUnit.MILLISECONDS)
                    .range(get("k")))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED));
    assertThat(waiting).isNotDone();
    assertThat(put).isNotDone();
    assertThat(onNewConnection).isNotDone();
    assertThat(watch.end()).isNotDone();

    etcd().thaw();

    assertThat(waiting).succeedsWithin(5, TimeUnit.SECONDS);
    assertThat(put).succeedsWithin(5, TimeUnit.SECONDS);
    assertThat(onNewConnection).succeedsWithin(5, TimeUnit.SECONDS);
    assertThat(watch.next().getEvents(0).getKv().getModRevision()).isEqualTo(revision + 1);
    late.shutdownNow();
  }

  @Test
  void refusesWritesWhenItIsFull() {
    api.put("k", "1");
    long lease = api.grant(60);
    etcd().outOfSpace(true);

    assertRefused(
        () -> api.put("k", "2"), Status.Code.RESOURCE_EXHAUSTED, "mvcc: database space exceeded");
    assertRefused(
        () -> api.grant(10), Status.Code.RESOURCE_EXHAUSTED, "mvcc: database space exceeded");
    assertThat(api.get("k").getValue()).isEqualTo(bytes("1"));
    assertThat(
            api.keepAlive()
                .send(LeaseKeepAliveRequest.newBuilder().setID(lease).build())
                .next()
                .getTTL())
        .isEqualTo(60);
    assertThat(api.maintenance().status(StatusRequest.getDefaultInstance()).getErrorsList())
        .hasSize(1);
    long revision = api.delete("k");

    etcd().outOfSpace(false);
    assertThat(api.put("k", "2")).isEqualTo(revision + 1);
  }

  @Test
  void startStopFreezeAndThawAreIdempotent() {
    etcd().start();
    etcd().freeze();
    etcd().freeze();
    etcd().thaw();
    etcd().thaw();
    assertThat(api.revision()).isPositive();
    etcd().stop();
    etcd().stop();
    etcd().restart();
    etcd().freeze();
    etcd().reset();
    assertThat(api.revision()).isPositive();
  }

  private long secondsLeft(long lease) {
    return api.lease()
        .leaseTimeToLive(LeaseTimeToLiveRequest.newBuilder().setID(lease).build())
        .getTTL();
  }

  private static RangeRequest get(String key) {
    return RangeRequest.newBuilder().setKey(bytes(key)).build();
  }

  private static PutRequest putOf(String key, String value) {
    return PutRequest.newBuilder().setKey(bytes(key)).setValue(bytes(value)).build();
  }
}
