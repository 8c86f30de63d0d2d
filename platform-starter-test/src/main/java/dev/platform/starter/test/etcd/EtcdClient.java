package dev.platform.starter.test.etcd;

import com.google.protobuf.ByteString;
import com.google.protobuf.Empty;
import io.etcd.jetcd.api.CompactionRequest;
import io.etcd.jetcd.api.DeleteRangeRequest;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.LeaseGrantRequest;
import io.etcd.jetcd.api.LeaseGrpc;
import io.etcd.jetcd.api.LeaseRevokeRequest;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RangeRequest;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** What {@link EtcdProcess} asks of its server. Thread-safe; calls block for 5 s at most. */
final class EtcdClient implements AutoCloseable {

  private static final long DEADLINE_SECONDS = 5;

  private final ManagedChannel channel;

  EtcdClient(String host, int port) {
    channel = NettyChannelBuilder.forAddress(host, port).usePlaintext().directExecutor().build();
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

  long put(ByteString key, ByteString value) {
    PutRequest request = PutRequest.newBuilder().setKey(key).setValue(value).build();
    return ask(() -> kv().put(request)).getHeader().getRevision();
  }

  List<KeyValue> range(KeyRange range) {
    RangeRequest request =
        RangeRequest.newBuilder().setKey(range.key()).setRangeEnd(range.end()).build();
    return ask(() -> kv().range(request)).getKvsList();
  }

  long delete(KeyRange range) {
    DeleteRangeRequest request =
        DeleteRangeRequest.newBuilder().setKey(range.key()).setRangeEnd(range.end()).build();
    return ask(() -> kv().deleteRange(request)).getDeleted();
  }

  long revision() {
    RangeRequest request =
        RangeRequest.newBuilder().setKey(KeyRange.all().key()).setCountOnly(true).build();
    return ask(() -> kv().range(request)).getHeader().getRevision();
  }

  void compact(long revision) {
    CompactionRequest request = CompactionRequest.newBuilder().setRevision(revision).build();
    ask(() -> kv().compact(request));
  }

  long grant(long ttlSeconds) {
    LeaseGrantRequest request = LeaseGrantRequest.newBuilder().setTTL(ttlSeconds).build();
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
        // It ran out by itself just now.
      }
    }
    delete(KeyRange.all());
  }

  @Override
  public void close() {
    channel.shutdownNow();
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
