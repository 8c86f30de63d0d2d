package dev.platform.starter.test.etcd;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeRequest.SortOrder;
import io.etcd.jetcd.api.RangeRequest.SortTarget;
import io.etcd.jetcd.api.RangeResponse;
import java.util.Comparator;
import java.util.List;

/** Answers range requests: revision, filters, order and limit. */
final class RangeReader {

  private final MvccStore store;

  RangeReader(MvccStore store) {
    this.store = store;
  }

  /** Refuses compacted and future revisions. */
  void check(RangeRequest request, long currentRevision) {
    if (request.getRevision() > currentRevision) {
      throw EtcdError.FUTURE_REVISION.failure();
    }
    if (request.getRevision() > 0 && request.getRevision() < store.compactedRevision()) {
      throw EtcdError.COMPACTED.failure();
    }
  }

  /** The answer without a header. */
  RangeResponse.Builder read(RangeRequest request, long currentRevision) {
    check(request, currentRevision);
    long revision = request.getRevision() <= 0 ? currentRevision : request.getRevision();
    List<KeyValue> found =
        store.range(new KeyRange(request.getKey(), request.getRangeEnd()), revision);
    RangeResponse.Builder response = RangeResponse.newBuilder().setCount(found.size());
    if (request.getCountOnly()) {
      return response;
    }
    List<KeyValue> chosen =
        within(found, request).stream()
            .filter(kv -> isWanted(kv, request))
            .sorted(order(request))
            .toList();
    if (request.getLimit() > 0 && chosen.size() > request.getLimit()) {
      chosen = chosen.subList(0, (int) request.getLimit());
      response.setMore(true);
    }
    for (KeyValue kv : chosen) {
      response.addKvs(request.getKeysOnly() ? kv.toBuilder().clearValue().build() : kv);
    }
    return response;
  }

  /**
   * Without an order and bounds, etcd stops reading after the limit, and sorts what it has then.
   */
  private static List<KeyValue> within(List<KeyValue> found, RangeRequest request) {
    boolean needsAll =
        request.getLimit() <= 0
            || request.getSortOrder() != SortOrder.NONE
            || request.getMinModRevision() != 0
            || request.getMaxModRevision() != 0
            || request.getMinCreateRevision() != 0
            || request.getMaxCreateRevision() != 0;
    return needsAll || found.size() <= request.getLimit()
        ? found
        : found.subList(0, (int) request.getLimit() + 1);
  }

  private static boolean isWanted(KeyValue kv, RangeRequest request) {
    return isWithin(kv.getModRevision(), request.getMinModRevision(), request.getMaxModRevision())
        && isWithin(
            kv.getCreateRevision(), request.getMinCreateRevision(), request.getMaxCreateRevision());
  }

  private static boolean isWithin(long value, long min, long max) {
    return (min == 0 || value >= min) && (max == 0 || value <= max);
  }

  private static Comparator<KeyValue> order(RangeRequest request) {
    Comparator<KeyValue> ascending = ascending(request.getSortTarget());
    return request.getSortOrder() == SortOrder.DESCEND ? ascending.reversed() : ascending;
  }

  private static Comparator<KeyValue> ascending(SortTarget target) {
    return switch (target) {
      case VERSION -> Comparator.comparingLong(KeyValue::getVersion);
      case CREATE -> Comparator.comparingLong(KeyValue::getCreateRevision);
      case MOD -> Comparator.comparingLong(KeyValue::getModRevision);
      case VALUE -> Comparator.<KeyValue, ByteString>comparing(KeyValue::getValue, KeyRange.ORDER);
      case KEY, UNRECOGNIZED ->
          Comparator.<KeyValue, ByteString>comparing(KeyValue::getKey, KeyRange.ORDER);
    };
  }
}
