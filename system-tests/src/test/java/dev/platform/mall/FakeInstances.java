package dev.platform.mall;

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
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Instances in etcd without a process, each with its own lease: their addresses refuse every
 * connection. Numbered from 0. Not thread-safe.
 */
final class FakeInstances implements AutoCloseable {

  private static final long LEASE_SECONDS = Duration.ofMinutes(10).toSeconds();
  private static final long DEADLINE_SECONDS = 20;
  private static final int HOSTS_OF_A_NET = 250;

  private final String service;
  private final Channels channels = new Channels();
  private final ManagedChannel etcd;
  private final Map<Integer, Long> leases = new TreeMap<>();

  FakeInstances(String service, URI etcd) {
    this.service = service;
    this.etcd = channels.to(etcd.getHost() + ":" + etcd.getPort());
  }

  boolean has(int member) {
    return leases.containsKey(member);
  }

  int size() {
    return leases.size();
  }

  /** The registered instances, in order. */
  List<Integer> members() {
    return List.copyOf(leases.keySet());
  }

  void join(int member) {
    long lease =
        lease().leaseGrant(LeaseGrantRequest.newBuilder().setTTL(LEASE_SECONDS).build()).getID();
    leases.put(member, lease);
    var unused = kv().put(put(member, lease, "UP"));
  }

  /** Deregisters as a stopped instance does: marks its key, then deletes it. */
  void leave(int member) {
    var unused = kv().put(put(member, leases.get(member), "OUT_OF_SERVICE"));
    var deleted = kv().deleteRange(DeleteRangeRequest.newBuilder().setKey(key(member)).build());
    die(member);
  }

  /** Disappears as a crashed instance does: its lease expires. */
  void die(int member) {
    long lease = leases.remove(member);
    var unused = lease().leaseRevoke(LeaseRevokeRequest.newBuilder().setID(lease).build());
  }

  /** Removes all instances. */
  @Override
  public void close() {
    members().forEach(this::leave);
    channels.close();
  }

  private PutRequest put(int member, long lease, String status) {
    String value =
        "{\"Op\":0,\"Addr\":\"%s\",\"Metadata\":{\"status\":\"%s\"}}"
            .formatted(address(member), status);
    return PutRequest.newBuilder()
        .setKey(key(member))
        .setValue(ByteString.copyFromUtf8(value))
        .setLease(lease)
        .build();
  }

  private ByteString key(int member) {
    return ByteString.copyFromUtf8("/services/" + service + "/" + address(member));
  }

  /** A unique loopback address, at a port that nothing listens on. */
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
