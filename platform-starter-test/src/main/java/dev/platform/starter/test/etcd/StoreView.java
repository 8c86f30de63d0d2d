package dev.platform.starter.test.etcd;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.DeleteRangeRequest;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RangeRequest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** An embedded server's data as a test sees it: bypasses the network, logins and faults. */
final class StoreView {

  private final EtcdState state;

  StoreView(EtcdState state) {
    this.state = state;
  }

  long put(String key, String value) {
    PutRequest request =
        PutRequest.newBuilder()
            .setKey(ByteString.copyFromUtf8(key))
            .setValue(ByteString.copyFromUtf8(value))
            .build();
    return ask(s -> s.put(request)).revision();
  }

  Optional<String> get(String key) {
    return range(KeyRange.single(ByteString.copyFromUtf8(key))).stream()
        .map(kv -> kv.getValue().toStringUtf8())
        .findFirst();
  }

  boolean delete(String key) {
    DeleteRangeRequest request =
        DeleteRangeRequest.newBuilder().setKey(ByteString.copyFromUtf8(key)).build();
    return ask(s -> s.delete(request)).answer().getDeleted() > 0;
  }

  List<String> keys(String prefix) {
    return range(KeyRange.prefix(ByteString.copyFromUtf8(prefix))).stream()
        .map(kv -> kv.getKey().toStringUtf8())
        .toList();
  }

  long grantLease(Duration ttl) {
    return ask(s -> s.grant(0, ttl.toSeconds())).answer().id();
  }

  void expireLease(long id) {
    ask(s -> s.revoke(id));
  }

  List<Long> leases() {
    return ask(EtcdState::leases).answer();
  }

  long compact() {
    return ask(s -> s.compact(s.revision()));
  }

  private List<KeyValue> range(KeyRange range) {
    RangeRequest request =
        RangeRequest.newBuilder().setKey(range.key()).setRangeEnd(range.end()).build();
    return ask(s -> s.range(request)).answer().getKvsList();
  }

  private <T> T ask(Function<EtcdState, T> request) {
    try {
      return request.apply(state);
    } catch (EtcdFailure refusal) {
      throw new IllegalStateException(refusal.getMessage(), refusal);
    }
  }
}
