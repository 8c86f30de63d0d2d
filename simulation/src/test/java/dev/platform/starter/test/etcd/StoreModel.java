package dev.platform.starter.test.etcd;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The data of the embedded server, which the same tests as real etcd pass, for the simulation: keys
 * with all versions, leases, transactions and compaction, without network and threads. A refusal is
 * a {@link StatusRuntimeException}.
 */
public final class StoreModel {

  private final EtcdState state;

  /**
   * @param nanos the leader's monotonic time, which leases expire by
   */
  public StoreModel(LongSupplier nanos) {
    this.state = new EtcdState(nanos);
    state.startClock();
  }

  /** Events of whole revisions, or the revision up to which they were compacted. */
  public record Events(long compacted, List<Event> events, long nextRevision) {}

  /** Runs after each change. */
  public void onChange(Runnable listener) {
    state.onChange(listener);
  }

  public long revision() {
    return state.revision();
  }

  public RangeResponse.Builder range(RangeRequest request) {
    return refusing(() -> state.range(request).answer());
  }

  public TxnResponse.Builder txn(TxnRequest request) {
    return refusing(() -> state.txn(request).answer());
  }

  /** Puts a key without a lease, as a person or another program may. */
  public void put(String key, String value) {
    PutRequest request =
        PutRequest.newBuilder()
            .setKey(ByteString.copyFromUtf8(key))
            .setValue(ByteString.copyFromUtf8(value))
            .build();
    refusing(() -> state.put(request));
  }

  public void delete(String key) {
    new StoreView(state).delete(key);
  }

  public List<String> keys(String prefix) {
    return new StoreView(state).keys(prefix);
  }

  public String get(String key) {
    return new StoreView(state).get(key).orElse("");
  }

  /** Returns the time to live that it has. */
  public long grant(long id, long ttlSeconds) {
    return refusing(() -> state.grant(id, ttlSeconds).answer().ttlSeconds());
  }

  public void revoke(long id) {
    refusing(() -> state.revoke(id));
  }

  /** The renewed time to live; 0 for an unknown lease. */
  public long keepAlive(long id) {
    return refusing(() -> state.keepAlive(id).answer());
  }

  public List<Long> leases() {
    return state.leases().answer();
  }

  /** Expires what is due. */
  public void expire() {
    state.expireDue();
  }

  /** A new leader gives all leases their full time. */
  public void elected() {
    state.startClock();
  }

  /** Without a leader no lease expires. */
  public void leaderless() {
    state.stopClock();
  }

  /** Forgets everything before the latest revision. */
  public void compact() {
    refusing(() -> state.compact(state.revision()));
  }

  public Events events(ByteString key, ByteString end, long fromRevision) {
    KeyRange range = new KeyRange(key, end);
    EtcdState.Batch batch =
        state.events(fromRevision, 1000, event -> range.contains(event.getKv().getKey()));
    return new Events(batch.compactedRevision(), batch.events(), batch.nextRevision());
  }

  private static <T> T refusing(Supplier<T> request) {
    try {
      return request.get();
    } catch (EtcdFailure refusal) {
      Status status = refusal.error().status();
      throw status.asRuntimeException();
    }
  }
}
