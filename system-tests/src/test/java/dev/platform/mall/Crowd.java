package dev.platform.mall;

import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.DeleteRangeRequest;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.KVGrpc.KVBlockingStub;
import io.etcd.jetcd.api.LeaseGrantRequest;
import io.etcd.jetcd.api.LeaseGrpc;
import io.etcd.jetcd.api.LeaseGrpc.LeaseBlockingStub;
import io.etcd.jetcd.api.LeaseRevokeRequest;
import io.etcd.jetcd.api.PutRequest;
import io.grpc.ManagedChannel;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Instances of a service that stand in etcd, each under a lease of its own, though no process is
 * behind them: where they say they are, every connection is refused. Numbered from 0. For one
 * thread.
 */
final class Crowd implements AutoCloseable {

  private static final long LEASE_SECONDS = Duration.ofMinutes(10).toSeconds();
  private static final long DEADLINE_SECONDS = 20;
  private static final int HOSTS_OF_A_NET = 250;

  private final String service;
  private final Channels channels = new Channels();
  private final ManagedChannel etcd;
  private final Map<Integer, Long> leases = new TreeMap<>();

  Crowd(String service, URI etcd) {
    this.service = service;
    this.etcd = channels.to(etcd.getHost() + ":" + etcd.getPort());
  }

  boolean has(int member) {
    return leases.containsKey(member);
  }

  int size() {
    return leases.size();
  }

  /** Those that are there, in their order. */
  List<Integer> members() {
    return List.copyOf(leases.keySet());
  }

  void join(int member) {
    long lease =
        lease().leaseGrant(LeaseGrantRequest.newBuilder().setTTL(LEASE_SECONDS).build()).getID();
    leases.put(member, lease);
    var unused = kv().put(put(member, lease, "UP", ""));
  }

  /** Leaves as an instance does that is stopped: marks its key before it takes it away. */
  void leave(int member) {
    var unused = kv().put(put(member, leases.get(member), "OUT_OF_SERVICE", ""));
    var deleted = kv().deleteRange(DeleteRangeRequest.newBuilder().setKey(key(member)).build());
    die(member);
  }

  /** Goes as an instance does that has died: its lease ends. */
  void die(int member) {
    long lease = leases.remove(member);
    var unused = lease().leaseRevoke(LeaseRevokeRequest.newBuilder().setID(lease).build());
  }

  /**
   * Those that are there put their keys again, one after the other, so many times in all. Values
   * are of 2 KB, to fill what lies between etcd and its watchers.
   */
  void fidget(int times) throws Exception {
    List<Integer> members = members();
    List<ListenableFuture<?>> puts = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      int member = members.get(i % members.size());
      puts.add(
          KVGrpc.newFutureStub(etcd)
              .withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS)
              .put(put(member, leases.get(member), "UP", "x".repeat(2_000 + i % 10))));
    }
    Futures.allAsList(puts).get();
  }

  /** Takes all away. */
  @Override
  public void close() {
    members().forEach(this::leave);
    channels.close();
  }

  private PutRequest put(int member, long lease, String status, String note) {
    String value =
        "{\"Op\":0,\"Addr\":\"%s\",\"Metadata\":{\"status\":\"%s\",\"note\":\"%s\"}}"
            .formatted(address(member), status, note);
    return PutRequest.newBuilder()
        .setKey(key(member))
        .setValue(ByteString.copyFromUtf8(value))
        .setLease(lease)
        .build();
  }

  private ByteString key(int member) {
    return ByteString.copyFromUtf8("/services/" + service + "/" + address(member));
  }

  /** A loopback address of its own, at a port where nobody listens. */
  private static String address(int member) {
    return "127.1.%d.%d:9".formatted(member / HOSTS_OF_A_NET, member % HOSTS_OF_A_NET + 1);
  }

  private KVBlockingStub kv() {
    return KVGrpc.newBlockingStub(etcd).withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS);
  }

  private LeaseBlockingStub lease() {
    return LeaseGrpc.newBlockingStub(etcd).withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS);
  }
}
