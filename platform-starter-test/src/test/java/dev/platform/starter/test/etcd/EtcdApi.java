package dev.platform.starter.test.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.ClusterGrpc;
import io.etcd.jetcd.api.DeleteRangeRequest;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.LeaseGrantRequest;
import io.etcd.jetcd.api.LeaseGrpc;
import io.etcd.jetcd.api.LeaseKeepAliveRequest;
import io.etcd.jetcd.api.LeaseKeepAliveResponse;
import io.etcd.jetcd.api.MaintenanceGrpc;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.WatchGrpc;
import io.etcd.jetcd.api.WatchRequest;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.ClientInterceptor;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** A thin client: the stubs, and short methods for frequent requests. */
final class EtcdApi implements AutoCloseable {

  static final ByteString ZERO = ByteString.copyFrom(new byte[] {0});

  final ManagedChannel channel;

  EtcdApi(EtcdServer server, ClientInterceptor... interceptors) {
    channel =
        NettyChannelBuilder.forAddress("127.0.0.1", server.port())
            .usePlaintext()
            .maxInboundMessageSize(64 << 20)
            .intercept(interceptors)
            .build();
  }

  static ByteString bytes(String text) {
    return ByteString.copyFromUtf8(text);
  }

  KVGrpc.KVBlockingStub kv() {
    return KVGrpc.newBlockingStub(channel)
        .withWaitForReady()
        .withDeadlineAfter(5, TimeUnit.SECONDS);
  }

  LeaseGrpc.LeaseBlockingStub lease() {
    return LeaseGrpc.newBlockingStub(channel)
        .withWaitForReady()
        .withDeadlineAfter(5, TimeUnit.SECONDS);
  }

  MaintenanceGrpc.MaintenanceBlockingStub maintenance() {
    return MaintenanceGrpc.newBlockingStub(channel).withDeadlineAfter(5, TimeUnit.SECONDS);
  }

  ClusterGrpc.ClusterBlockingStub cluster() {
    return ClusterGrpc.newBlockingStub(channel).withDeadlineAfter(5, TimeUnit.SECONDS);
  }

  Probe<WatchRequest, WatchResponse> watch() {
    return Probe.open(WatchGrpc.newStub(channel)::watch);
  }

  Probe<LeaseKeepAliveRequest, LeaseKeepAliveResponse> keepAlive() {
    return Probe.open(LeaseGrpc.newStub(channel)::leaseKeepAlive);
  }

  /** Puts and returns the new revision. */
  long put(String key, String value) {
    return put(key, value, 0);
  }

  long put(String key, String value, long lease) {
    PutRequest request =
        PutRequest.newBuilder().setKey(bytes(key)).setValue(bytes(value)).setLease(lease).build();
    return kv().put(request).getHeader().getRevision();
  }

  long delete(String key) {
    return kv().deleteRange(DeleteRangeRequest.newBuilder().setKey(bytes(key)).build())
        .getHeader()
        .getRevision();
  }

  KeyValue get(String key) {
    RangeResponse response = kv().range(RangeRequest.newBuilder().setKey(bytes(key)).build());
    assertThat(response.getKvsList()).as("key %s", key).hasSize(1);
    return response.getKvs(0);
  }

  long revision() {
    return kv().range(RangeRequest.newBuilder().setKey(bytes("x")).build())
        .getHeader()
        .getRevision();
  }

  long grant(long seconds) {
    return lease().leaseGrant(LeaseGrantRequest.newBuilder().setTTL(seconds).build()).getID();
  }

  static RangeRequest.Builder prefix(String prefix) {
    KeyRange range = KeyRange.prefix(bytes(prefix));
    return RangeRequest.newBuilder().setKey(range.key()).setRangeEnd(range.end());
  }

  static List<String> keys(RangeResponse response) {
    return response.getKvsList().stream().map(kv -> kv.getKey().toStringUtf8()).toList();
  }

  static void assertRefused(ThrowingCallable call, Status.Code code, String message) {
    var refusal = catchThrowableOfType(StatusRuntimeException.class, call);
    assertThat(refusal).as("fails with %s", message).isNotNull();
    assertThat(refusal.getStatus().getDescription()).isEqualTo("etcdserver: " + message);
    assertThat(refusal.getStatus().getCode()).isEqualTo(code);
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
