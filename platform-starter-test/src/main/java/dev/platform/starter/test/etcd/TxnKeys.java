package dev.platform.starter.test.etcd;

import io.etcd.jetcd.api.DeleteRangeRequest;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.TxnRequest;
import java.util.List;
import java.util.stream.Stream;

/** The keys that a transaction reads or changes, in both branches. */
final class TxnKeys {

  private TxnKeys() {}

  static List<KeyRange> of(TxnRequest request) {
    return ranges(request).toList();
  }

  private static Stream<KeyRange> ranges(TxnRequest request) {
    Stream<KeyRange> compared =
        request.getCompareList().stream()
            .map(compare -> new KeyRange(compare.getKey(), compare.getRangeEnd()));
    Stream<KeyRange> touched =
        Stream.concat(request.getSuccessList().stream(), request.getFailureList().stream())
            .flatMap(TxnKeys::ranges);
    return Stream.concat(compared, touched);
  }

  private static Stream<KeyRange> ranges(RequestOp operation) {
    return switch (operation.getRequestCase()) {
      case REQUEST_RANGE -> {
        RangeRequest range = operation.getRequestRange();
        yield Stream.of(new KeyRange(range.getKey(), range.getRangeEnd()));
      }
      case REQUEST_PUT -> Stream.of(KeyRange.single(operation.getRequestPut().getKey()));
      case REQUEST_DELETE_RANGE -> {
        DeleteRangeRequest delete = operation.getRequestDeleteRange();
        yield Stream.of(new KeyRange(delete.getKey(), delete.getRangeEnd()));
      }
      case REQUEST_TXN -> ranges(operation.getRequestTxn());
      case REQUEST_NOT_SET -> Stream.empty();
    };
  }
}
