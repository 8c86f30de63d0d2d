package dev.platform.starter.test.etcd;

import io.etcd.jetcd.api.Compare;
import io.etcd.jetcd.api.KeyValue;
import java.util.List;

/** The conditions of a transaction, checked against the store before the transaction. */
final class TxnCompare {

  private final MvccStore store;

  TxnCompare(MvccStore store) {
    this.store = store;
  }

  boolean holds(List<Compare> conditions) {
    return conditions.stream().allMatch(this::holds);
  }

  private boolean holds(Compare condition) {
    List<KeyValue> found =
        store.range(new KeyRange(condition.getKey(), condition.getRangeEnd()), store.revision());
    if (!found.isEmpty()) {
      return found.stream().allMatch(kv -> holds(condition, kv));
    }
    // An absent key compares as zero, but its value differs from every value.
    return condition.getTarget() != Compare.CompareTarget.VALUE
        && holds(condition, KeyValue.getDefaultInstance());
  }

  private static boolean holds(Compare condition, KeyValue kv) {
    int order = compare(condition, kv);
    return switch (condition.getResult()) {
      case EQUAL -> order == 0;
      case NOT_EQUAL -> order != 0;
      case GREATER -> order > 0;
      case LESS -> order < 0;
      case UNRECOGNIZED -> true;
    };
  }

  private static int compare(Compare condition, KeyValue kv) {
    return switch (condition.getTarget()) {
      case VERSION -> Long.compare(kv.getVersion(), condition.getVersion());
      case CREATE -> Long.compare(kv.getCreateRevision(), condition.getCreateRevision());
      case MOD -> Long.compare(kv.getModRevision(), condition.getModRevision());
      case VALUE -> KeyRange.ORDER.compare(kv.getValue(), condition.getValue());
      case UNRECOGNIZED ->
          condition.getTargetValue() == WireFields.COMPARE_TARGET_LEASE
              ? Long.compare(kv.getLease(), WireFields.varint(condition, WireFields.COMPARE_LEASE))
              : 0;
    };
  }
}
