package dev.platform.core.registry;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.Compare;
import io.etcd.jetcd.api.Compare.CompareResult;
import io.etcd.jetcd.api.Compare.CompareTarget;
import io.etcd.jetcd.api.DeleteRangeRequest;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import java.util.Map;
import java.util.Optional;

/**
 * The transactions that put, check, mark and delete this process's keys. A key is this process's
 * own as long as its modification revision is that of this process's put.
 */
final class KeyTransactions {

  private KeyTransactions() {}

  /**
   * Puts all keys, if those with an expected revision still have it (0: no such key); the others
   * unconditionally.
   */
  static TxnRequest put(Map<String, String> values, Map<String, Long> expected, long leaseId) {
    TxnRequest.Builder txn = TxnRequest.newBuilder();
    expected.forEach((key, revision) -> txn.addCompare(isUnchanged(key, revision)));
    values.forEach((key, value) -> txn.addSuccess(putOp(key, value, leaseId)));
    return txn.build();
  }

  /** Succeeds when all keys are unchanged; otherwise returns each key's state, in their order. */
  static TxnRequest check(Map<String, Long> revisions) {
    TxnRequest.Builder txn = TxnRequest.newBuilder();
    revisions.forEach((key, revision) -> txn.addCompare(isUnchanged(key, revision)));
    for (String key : revisions.keySet()) {
      txn.addFailure(rangeOp(key));
    }
    return txn.build();
  }

  /** Puts a new value, if the key is unchanged; otherwise returns the key's state. */
  static TxnRequest replace(String key, String value, long leaseId, long revision) {
    return TxnRequest.newBuilder()
        .addCompare(isUnchanged(key, revision))
        .addSuccess(putOp(key, value, leaseId))
        .addFailure(rangeOp(key))
        .build();
  }

  /**
   * The revision at which a key was {@linkplain #replace replaced}, by this request or by an
   * earlier one whose answer is not there yet; empty if it was not.
   */
  static Optional<Long> replacedAt(TxnResponse answer, String value, long leaseId) {
    if (answer.getSucceeded()) {
      return Optional.of(answer.getHeader().getRevision());
    }
    return answer.getResponses(0).getResponseRange().getKvsList().stream()
        .filter(kv -> kv.getLease() == leaseId && kv.getValue().equals(bytes(value)))
        .map(KeyValue::getModRevision)
        .findFirst();
  }

  /** Deletes the key, if it is unchanged. */
  static TxnRequest delete(String key, long revision) {
    return TxnRequest.newBuilder()
        .addCompare(isUnchanged(key, revision))
        .addSuccess(
            RequestOp.newBuilder()
                .setRequestDeleteRange(DeleteRangeRequest.newBuilder().setKey(bytes(key))))
        .build();
  }

  private static RequestOp rangeOp(String key) {
    return RequestOp.newBuilder()
        .setRequestRange(RangeRequest.newBuilder().setKey(bytes(key)))
        .build();
  }

  private static RequestOp putOp(String key, String value, long leaseId) {
    return RequestOp.newBuilder()
        .setRequestPut(
            PutRequest.newBuilder().setKey(bytes(key)).setValue(bytes(value)).setLease(leaseId))
        .build();
  }

  private static Compare isUnchanged(String key, long revision) {
    return Compare.newBuilder()
        .setKey(bytes(key))
        .setTarget(CompareTarget.MOD)
        .setResult(CompareResult.EQUAL)
        .setModRevision(revision)
        .build();
  }

  static ByteString bytes(String text) {
    return ByteString.copyFromUtf8(text);
  }
}
