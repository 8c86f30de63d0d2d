package dev.platform.starter.test.etcd;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.DeleteRangeRequest;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.TxnRequest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Validates requests before they are executed. Pure functions. */
final class TxnRules {

  private static final int MAX_OPERATIONS = 128;

  private TxnRules() {}

  static void check(TxnRequest request) {
    check(request, MAX_OPERATIONS);
    checkOverlaps(request.getSuccessList());
    checkOverlaps(request.getFailureList());
  }

  static void check(PutRequest request) {
    requireKey(request.getKey());
    if (request.getIgnoreValue() && !request.getValue().isEmpty()) {
      throw EtcdError.VALUE_PROVIDED.failure();
    }
    if (request.getIgnoreLease() && request.getLease() != 0) {
      throw EtcdError.LEASE_PROVIDED.failure();
    }
  }

  static void requireKey(ByteString key) {
    if (key.isEmpty()) {
      throw EtcdError.EMPTY_KEY.failure();
    }
  }

  static boolean hasPut(TxnRequest request) {
    return hasPut(request.getSuccessList()) || hasPut(request.getFailureList());
  }

  private static boolean hasPut(List<RequestOp> operations) {
    return operations.stream()
        .anyMatch(
            operation ->
                operation.hasRequestPut()
                    || (operation.hasRequestTxn() && hasPut(operation.getRequestTxn())));
  }

  private static void check(TxnRequest request, int allowed) {
    int widest =
        Math.max(
            request.getCompareCount(),
            Math.max(request.getSuccessCount(), request.getFailureCount()));
    if (widest > allowed) {
      throw EtcdError.TOO_MANY_OPERATIONS.failure();
    }
    request.getCompareList().forEach(compare -> requireKey(compare.getKey()));
    request.getSuccessList().forEach(operation -> check(operation, allowed - widest));
    request.getFailureList().forEach(operation -> check(operation, allowed - widest));
  }

  private static void check(RequestOp operation, int allowed) {
    switch (operation.getRequestCase()) {
      case REQUEST_RANGE -> requireKey(operation.getRequestRange().getKey());
      case REQUEST_PUT -> check(operation.getRequestPut());
      case REQUEST_DELETE_RANGE -> requireKey(operation.getRequestDeleteRange().getKey());
      case REQUEST_TXN -> check(operation.getRequestTxn(), allowed);
      case REQUEST_NOT_SET -> throw EtcdError.KEY_NOT_FOUND.failure();
    }
  }

  private static Touched checkOverlaps(List<RequestOp> operations) {
    Touched touched = new Touched(new HashSet<>(), new ArrayList<>());
    for (RequestOp operation : operations) {
      if (operation.hasRequestDeleteRange()) {
        DeleteRangeRequest delete = operation.getRequestDeleteRange();
        touched.deletes.add(new KeyRange(delete.getKey(), delete.getRangeEnd()));
      }
    }
    for (RequestOp operation : operations) {
      if (operation.hasRequestTxn()) {
        // Only one branch will run, so the same key may be put in both.
        Touched then = checkOverlaps(operation.getRequestTxn().getSuccessList());
        Touched otherwise = checkOverlaps(operation.getRequestTxn().getFailureList());
        Set<ByteString> puts = new HashSet<>(then.puts);
        puts.addAll(otherwise.puts);
        puts.forEach(touched::addPut);
        touched.deletes.addAll(then.deletes);
        touched.deletes.addAll(otherwise.deletes);
      }
    }
    for (RequestOp operation : operations) {
      if (operation.hasRequestPut()) {
        touched.addPut(operation.getRequestPut().getKey());
      }
    }
    return touched;
  }

  private record Touched(Set<ByteString> puts, List<KeyRange> deletes) {

    void addPut(ByteString key) {
      if (!puts.add(key) || deletes.stream().anyMatch(range -> isTouched(range, key))) {
        throw EtcdError.DUPLICATE_KEY.failure();
      }
    }

    /** etcd takes the open end of a range literally here, so such a range touches nothing. */
    private static boolean isTouched(KeyRange range, ByteString key) {
      return !range.isOpen() && range.contains(key);
    }
  }
}
