package dev.platform.interop.peers;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.CompactionRequest;
import io.etcd.jetcd.api.DeleteRangeRequest;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.KVGrpc.KVBlockingStub;
import io.etcd.jetcd.api.LeaseGrpc;
import io.etcd.jetcd.api.LeaseRevokeRequest;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeResponse;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.StatusRuntimeException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** What an operator does in etcd, and what etcd has: at the last member that answered. */
final class EtcdAccess implements AutoCloseable {

  private static final long DEADLINE_MILLIS = 1000;

  private final List<ManagedChannel> members;
  private volatile int answering;

  EtcdAccess(List<URI> endpoints) {
    this.members = endpoints.stream().map(EtcdAccess::channel).toList();
  }

  /** The keys below a prefix, each with the id of its lease, or 0; linearizable. */
  Map<String, Long> leases(String prefix) {
    RangeRequest request =
        RangeRequest.newBuilder().setKey(bytes(prefix)).setRangeEnd(endOf(prefix)).build();
    RangeResponse answer = ask(member -> kv(member).range(request));
    Map<String, Long> leases = new TreeMap<>();
    answer
        .getKvsList()
        .forEach(entry -> leases.put(entry.getKey().toStringUtf8(), entry.getLease()));
    return leases;
  }

  long put(String key, String value) {
    PutRequest request = PutRequest.newBuilder().setKey(bytes(key)).setValue(bytes(value)).build();
    return ask(member -> kv(member).put(request)).getHeader().getRevision();
  }

  void delete(String key) {
    DeleteRangeRequest request = DeleteRangeRequest.newBuilder().setKey(bytes(key)).build();
    ask(member -> kv(member).deleteRange(request));
  }

  void revoke(long lease) {
    LeaseRevokeRequest request = LeaseRevokeRequest.newBuilder().setID(lease).build();
    ask(
        member ->
            LeaseGrpc.newBlockingStub(member)
                .withDeadlineAfter(DEADLINE_MILLIS, TimeUnit.MILLISECONDS)
                .leaseRevoke(request));
  }

  /** Forgets the history before a revision. */
  void compact(long revision) {
    CompactionRequest request =
        CompactionRequest.newBuilder().setRevision(revision).setPhysical(true).build();
    ask(member -> kv(member).compact(request));
  }

  @Override
  public void close() {
    members.forEach(ManagedChannel::shutdownNow);
  }

  private <T> T ask(Function<ManagedChannel, T> request) {
    StatusRuntimeException last = null;
    for (int i = 0; i < members.size(); i++) {
      ManagedChannel member = members.get(answering);
      try {
        return request.apply(member);
      } catch (StatusRuntimeException e) {
        // It must answer soon after it is back, however long it was away.
        member.resetConnectBackoff();
        last = e;
        answering = (members.indexOf(member) + 1) % members.size();
      }
    }
    throw new IllegalStateException("etcd does not answer", last);
  }

  private static ManagedChannel channel(URI endpoint) {
    return ManagedChannelBuilder.forAddress(endpoint.getHost(), endpoint.getPort())
        .usePlaintext()
        .build();
  }

  private static KVBlockingStub kv(ManagedChannel member) {
    return KVGrpc.newBlockingStub(member).withDeadlineAfter(DEADLINE_MILLIS, TimeUnit.MILLISECONDS);
  }

  private static ByteString bytes(String text) {
    return ByteString.copyFromUtf8(text);
  }

  /** Behind the last key with a prefix that ends with a slash. */
  private static ByteString endOf(String prefix) {
    return bytes(prefix.substring(0, prefix.length() - 1) + "0");
  }
}
