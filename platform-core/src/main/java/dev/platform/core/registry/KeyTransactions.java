package dev.platform.core.registry;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.Compare;
import io.etcd.jetcd.api.Compare.CompareResult;
import io.etcd.jetcd.api.Compare.CompareTarget;
import io.etcd.jetcd.api.DeleteRangeRequest;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.TxnRequest;
import java.util.Map;

/**
 * The transactions that put, check, mark and delete one's own keys. A key is one's own as long as
 * nobody has touched it since one's own put, which its modification revision tells.
 */
final class KeyTransactions {

  private KeyTransactions() {}

  /**
   * Puts all, if those with an expected revision still stand at it (0: not there); the others
   * whoever had them before.
   */
  static TxnRequest put(Map<String, String> values, Map<String, Long> expected, long leaseId) {
    TxnRequest.Builder txn = TxnRequest.newBuilder();
    expected.forEach((key, revision) -> txn.addCompare(isUntouched(key, revision)));
    values.forEach((key, value) -> txn.addSuccess(putOp(key, value, leaseId)));
    return txn.build();
  }

  /** Succeeds when nobody has touched any; else tells how each stands, in their order. */
  static TxnRequest check(Map<String, Long> revisions) {
    TxnRequest.Builder txn = TxnRequest.newBuilder();
    revisions.forEach((key, revision) -> txn.addCompare(isUntouched(key, revision)));
    for (String key : revisions.keySet()) {
      txn.addFailure(
          RequestOp.newBuilder().setRequestRange(RangeRequest.newBuilder().setKey(bytes(key))));
    }
    return txn.build();
  }

  /** Puts a new value, if the key is still one's own. */
  static TxnRequest replace(String key, String value, long leaseId, long revision) {
    return TxnRequest.newBuilder()
        .addCompare(isUntouched(key, revision))
        .addSuccess(putOp(key, value, leaseId))
        .build();
  }

  /** Deletes, if the key is still one's own. */
  static TxnRequest delete(String key, long revision) {
    return TxnRequest.newBuilder()
        .addCompare(isUntouched(key, revision))
        .addSuccess(
            RequestOp.newBuilder()
                .setRequestDeleteRange(DeleteRangeRequest.newBuilder().setKey(bytes(key))))
        .build();
  }

  private static RequestOp putOp(String key, String value, long leaseId) {
    return RequestOp.newBuilder()
        .setRequestPut(
            PutRequest.newBuilder().setKey(bytes(key)).setValue(bytes(value)).setLease(leaseId))
        .build();
  }

  private static Compare isUntouched(String key, long revision) {
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
