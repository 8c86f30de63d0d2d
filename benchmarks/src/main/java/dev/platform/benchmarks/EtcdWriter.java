package dev.platform.benchmarks;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.DeleteRangeRequest;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.KVGrpc.KVBlockingStub;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.TxnRequest;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Another client that writes to etcd: a bare stub on its own channel. Calls block. */
final class EtcdWriter implements AutoCloseable {

  /** etcd accepts at most 128 operations in one transaction. */
  private static final int BATCH = 100;

  private final ManagedChannel channel;
  private final KVBlockingStub kv;

  EtcdWriter(URI etcd) {
    channel =
        NettyChannelBuilder.forAddress(etcd.getHost(), etcd.getPort())
            .usePlaintext()
            .directExecutor()
            .build();
    kv = KVGrpc.newBlockingStub(channel).withWaitForReady();
  }

  void put(String key, String value) {
    kv.put(putRequest(key, value));
  }

  void delete(String key) {
    kv.deleteRange(DeleteRangeRequest.newBuilder().setKey(ByteString.copyFromUtf8(key)).build());
  }

  void putAll(Map<String, String> values) {
    List<RequestOp> batch = new ArrayList<>();
    values.forEach(
        (key, value) -> {
          batch.add(RequestOp.newBuilder().setRequestPut(putRequest(key, value)).build());
          if (batch.size() == BATCH) {
            commit(batch);
          }
        });
    commit(batch);
  }

  private void commit(List<RequestOp> batch) {
    kv.txn(TxnRequest.newBuilder().addAllSuccess(batch).build());
    batch.clear();
  }

  private static PutRequest putRequest(String key, String value) {
    return PutRequest.newBuilder()
        .setKey(ByteString.copyFromUtf8(key))
        .setValue(ByteString.copyFromUtf8(value))
        .build();
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
