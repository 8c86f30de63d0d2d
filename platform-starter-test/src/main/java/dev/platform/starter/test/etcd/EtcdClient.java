package dev.platform.starter.test.etcd;

import com.google.protobuf.ByteString;
import com.google.protobuf.Empty;
import io.etcd.jetcd.api.AlarmRequest;
import io.etcd.jetcd.api.AlarmRequest.AlarmAction;
import io.etcd.jetcd.api.AlarmType;
import io.etcd.jetcd.api.ClusterGrpc;
import io.etcd.jetcd.api.CompactionRequest;
import io.etcd.jetcd.api.DeleteRangeRequest;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.LeaseGrantRequest;
import io.etcd.jetcd.api.LeaseGrpc;
import io.etcd.jetcd.api.LeaseRevokeRequest;
import io.etcd.jetcd.api.MaintenanceGrpc;
import io.etcd.jetcd.api.MemberAddRequest;
import io.etcd.jetcd.api.MemberListRequest;
import io.etcd.jetcd.api.MemberPromoteRequest;
import io.etcd.jetcd.api.MemberRemoveRequest;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.StatusRequest;
import io.etcd.jetcd.api.StatusResponse;
import io.grpc.CallOptions;
import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The client of {@link EtcdProcess} and {@link EtcdCluster}. Thread-safe; calls block for 5 s at
 * most.
 */
final class EtcdClient implements AutoCloseable {

  private static final long DEADLINE_SECONDS = 5;

  private final ManagedChannel channel;

  EtcdClient(URI endpoint, @Nullable ServerTls tls) {
    ChannelCredentials credentials =
        tls == null ? InsecureChannelCredentials.create() : ProcessTls.clientCredentials(tls);
    channel =
        Grpc.newChannelBuilderForAddress(endpoint.getHost(), endpoint.getPort(), credentials)
            .directExecutor()
            .build();
  }

  boolean answers() {
    try {
      revision();
      return true;
    } catch (IllegalStateException notYet) {
      channel.resetConnectBackoff();
      return false;
    }
  }

  /** The member's status, with its leader; blocks for a second at most. */
  StatusResponse status() {
    return ask(
        () ->
            MaintenanceGrpc.newBlockingStub(channel)
                .withDeadlineAfter(1, TimeUnit.SECONDS)
                .status(StatusRequest.getDefaultInstance()));
  }

  long put(String key, String value) {
    PutRequest request =
        PutRequest.newBuilder()
            .setKey(ByteString.copyFromUtf8(key))
            .setValue(ByteString.copyFromUtf8(value))
            .build();
    return ask(() -> kv().put(request)).getHeader().getRevision();
  }

  Optional<String> get(String key) {
    return range(KeyRange.single(ByteString.copyFromUtf8(key))).stream()
        .map(kv -> kv.getValue().toStringUtf8())
        .findFirst();
  }

  boolean delete(String key) {
    return delete(KeyRange.single(ByteString.copyFromUtf8(key))) > 0;
  }

  List<String> keys(String prefix) {
    return range(KeyRange.prefix(ByteString.copyFromUtf8(prefix))).stream()
        .map(kv -> kv.getKey().toStringUtf8())
        .toList();
  }

  private List<KeyValue> range(KeyRange range) {
    RangeRequest request =
        RangeRequest.newBuilder().setKey(range.key()).setRangeEnd(range.end()).build();
    return ask(() -> kv().range(request)).getKvsList();
  }

  private long delete(KeyRange range) {
    DeleteRangeRequest request =
        DeleteRangeRequest.newBuilder().setKey(range.key()).setRangeEnd(range.end()).build();
    return ask(() -> kv().deleteRange(request)).getDeleted();
  }

  long revision() {
    RangeRequest request =
        RangeRequest.newBuilder().setKey(KeyRange.all().key()).setCountOnly(true).build();
    return ask(() -> kv().range(request)).getHeader().getRevision();
  }

  void outOfSpace(boolean full) {
    AlarmRequest request =
        AlarmRequest.newBuilder()
            .setAction(full ? AlarmAction.ACTIVATE : AlarmAction.DEACTIVATE)
            .setAlarm(AlarmType.NOSPACE)
            .build();
    ask(
        () ->
            MaintenanceGrpc.newBlockingStub(channel)
                .withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS)
                .alarm(request));
  }

  /** Compacts at the present revision, and returns that. */
  long compact() {
    long revision = revision();
    CompactionRequest request = CompactionRequest.newBuilder().setRevision(revision).build();
    ask(() -> kv().compact(request));
    return revision;
  }

  long grant(Duration ttl) {
    LeaseGrantRequest request = LeaseGrantRequest.newBuilder().setTTL(ttl.toSeconds()).build();
    return ask(() -> lease().leaseGrant(request)).getID();
  }

  void revoke(long id) {
    LeaseRevokeRequest request = LeaseRevokeRequest.newBuilder().setID(id).build();
    ask(() -> lease().leaseRevoke(request));
  }

  List<Long> leases() {
    CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS);
    return LeaseLeases.ids(
            ask(
                () ->
                    ClientCalls.blockingUnaryCall(
                        channel, LeaseLeases.METHOD, options, Empty.getDefaultInstance())))
        .stream()
        .sorted()
        .toList();
  }

  /** Ends all leases and deletes all keys. */
  void clear() {
    for (long id : leases()) {
      try {
        revoke(id);
      } catch (IllegalStateException refusal) {
        if (Status.fromThrowable(refusal).getCode() != Status.Code.NOT_FOUND) {
          throw refusal;
        }
        // It has just expired.
      }
    }
    delete(KeyRange.all());
  }

  /** The id of the member that the others reach by this URL. */
  long memberId(String peerUrl) {
    return idOf(peerUrl)
        .orElseThrow(() -> new IllegalStateException("etcd has no member at " + peerUrl));
  }

  /** False if etcd refuses it now, since too many others are away. */
  boolean removeMember(long id) {
    return isDone(() -> cluster().memberRemove(MemberRemoveRequest.newBuilder().setID(id).build()));
  }

  /** False if etcd does not accept a member now. */
  boolean addMember(String peerUrl, boolean learner) {
    MemberAddRequest request =
        MemberAddRequest.newBuilder().addPeerURLs(peerUrl).setIsLearner(learner).build();
    return idOf(peerUrl).isPresent() || isDone(() -> cluster().memberAdd(request));
  }

  private OptionalLong idOf(String peerUrl) {
    return ask(() -> cluster().memberList(MemberListRequest.getDefaultInstance()))
        .getMembersList()
        .stream()
        .filter(member -> member.getPeerURLsList().contains(peerUrl))
        .mapToLong(member -> member.getID())
        .findFirst();
  }

  /** False while a learner lacks data. */
  boolean promote(long id) {
    return isDone(
        () -> cluster().memberPromote(MemberPromoteRequest.newBuilder().setID(id).build()));
  }

  private static boolean isDone(Supplier<?> change) {
    try {
      var unused = change.get();
      return true;
    } catch (StatusRuntimeException refusal) {
      return switch (refusal.getStatus().getCode()) {
        case UNAVAILABLE, FAILED_PRECONDITION, DEADLINE_EXCEEDED -> false;
        default -> throw new IllegalStateException(refusal.getStatus().toString(), refusal);
      };
    }
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }

  private ClusterGrpc.ClusterBlockingStub cluster() {
    return ClusterGrpc.newBlockingStub(channel)
        .withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS);
  }

  private KVGrpc.KVBlockingStub kv() {
    return KVGrpc.newBlockingStub(channel).withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS);
  }

  private LeaseGrpc.LeaseBlockingStub lease() {
    return LeaseGrpc.newBlockingStub(channel).withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS);
  }

  private static <T> T ask(Supplier<T> call) {
    try {
      return call.get();
    } catch (StatusRuntimeException refusal) {
      throw new IllegalStateException(refusal.getStatus().toString(), refusal);
    }
  }
}
