package dev.platform.starter.test.etcd;

import static dev.platform.starter.test.etcd.EtcdApi.assertRefused;
import static dev.platform.starter.test.etcd.EtcdApi.bytes;
import static dev.platform.starter.test.etcd.EtcdApi.keys;
import static dev.platform.starter.test.etcd.EtcdApi.prefix;
import static org.assertj.core.api.Assertions.assertThat;

import io.etcd.jetcd.api.CompactionRequest;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeRequest.SortOrder;
import io.etcd.jetcd.api.RangeRequest.SortTarget;
import io.etcd.jetcd.api.RangeResponse;
import io.grpc.Status;
import org.junit.jupiter.api.Test;

abstract class ReadConformance extends ConformanceCase {

  @Test
  void countsRevisionsAndVersionsOfAKey() {
    long first = api.put("k", "1");
    long second = api.put("k", "2");

    KeyValue kv = api.get("k");
    assertThat(second).isEqualTo(first + 1);
    assertThat(kv.getCreateRevision()).isEqualTo(first);
    assertThat(kv.getModRevision()).isEqualTo(second);
    assertThat(kv.getVersion()).isEqualTo(2);
    assertThat(kv.getValue()).isEqualTo(bytes("2"));

    api.delete("k");
    long reborn = api.put("k", "3");
    assertThat(api.get("k").getCreateRevision()).isEqualTo(reborn);
    assertThat(api.get("k").getVersion()).isEqualTo(1);
  }

  @Test
  void identifiesItselfAndTheRevisionInEveryHeader() {
    long revision = api.put("k", "1");

    var header = api.kv().range(prefix("nothing").build()).getHeader();
    assertThat(header.getRevision()).isEqualTo(revision);
    assertThat(header.getClusterId()).isNotZero();
    assertThat(header.getMemberId()).isNotZero();
    assertThat(header.getRaftTerm()).isGreaterThanOrEqualTo(2);
  }

  @Test
  void readsPrefixesRangesAndEverythingFromAKeyOn() {
    api.put("a", "1");
    api.put("b/1", "1");
    api.put("b/2", "1");
    api.put("c", "1");

    assertThat(keys(api.kv().range(prefix("b/").build()))).containsExactly("b/1", "b/2");
    assertThat(keys(range("a", "c"))).containsExactly("a", "b/1", "b/2");
    assertThat(keys(range("b/2", "\0"))).containsExactly("b/2", "c");
    assertThat(keys(range("\0", "\0"))).containsExactly("a", "b/1", "b/2", "c");
    assertThat(keys(range("c", "a"))).isEmpty();
  }

  @Test
  void comparesKeysAsUnsignedBytes() {
    api.put("z", "1");
    api.put("ä", "1");

    assertThat(keys(range("a", "\0"))).containsExactly("z", "ä");
  }

  @Test
  void limitsResultsAndReportsMore() {
    api.put("k1", "1");
    api.put("k2", "1");
    api.put("k3", "1");

    RangeResponse two = api.kv().range(prefix("k").setLimit(2).build());
    assertThat(keys(two)).containsExactly("k1", "k2");
    assertThat(two.getMore()).isTrue();
    assertThat(two.getCount()).isEqualTo(3);

    RangeResponse all = api.kv().range(prefix("k").setLimit(3).build());
    assertThat(all.getMore()).isFalse();
  }

  @Test
  void returnsOnlyTheCountOrOnlyTheKeys() {
    api.put("k1", "1");
    api.put("k2", "1");

    RangeResponse count = api.kv().range(prefix("k").setCountOnly(true).build());
    assertThat(count.getCount()).isEqualTo(2);
    assertThat(count.getKvsList()).isEmpty();

    RangeResponse names = api.kv().range(prefix("k").setKeysOnly(true).build());
    assertThat(names.getKvsList()).allMatch(kv -> kv.getValue().isEmpty()).hasSize(2);
    assertThat(names.getKvs(0).getModRevision()).isPositive();
  }

  @Test
  void sortsByEveryTargetInBothOrders() {
    api.put("k1", "c");
    api.put("k2", "b");
    api.put("k3", "a");
    api.put("k2", "b");
    api.put("k1", "c");
    api.put("k1", "c");

    assertThat(sorted(SortTarget.KEY, SortOrder.DESCEND)).containsExactly("k3", "k2", "k1");
    assertThat(sorted(SortTarget.VALUE, SortOrder.ASCEND)).containsExactly("k3", "k2", "k1");
    assertThat(sorted(SortTarget.VERSION, SortOrder.ASCEND)).containsExactly("k3", "k2", "k1");
    assertThat(sorted(SortTarget.MOD, SortOrder.ASCEND)).containsExactly("k3", "k2", "k1");
    assertThat(sorted(SortTarget.CREATE, SortOrder.DESCEND)).containsExactly("k3", "k2", "k1");
    assertThat(sorted(SortTarget.VALUE, SortOrder.NONE)).containsExactly("k3", "k2", "k1");
  }

  @Test
  void limitsAfterSorting() {
    api.put("k1", "b");
    api.put("k2", "a");

    RangeResponse first =
        api.kv()
            .range(
                prefix("k")
                    .setSortTarget(SortTarget.VALUE)
                    .setSortOrder(SortOrder.ASCEND)
                    .setLimit(1)
                    .build());
    assertThat(keys(first)).containsExactly("k2");
    assertThat(first.getMore()).isTrue();
  }

  @Test
  void filtersByRevisionButCountsAll() {
    long first = api.put("k1", "1");
    long second = api.put("k2", "1");
    long third = api.put("k1", "2");

    assertThat(keys(api.kv().range(prefix("k").setMinModRevision(third).build())))
        .containsExactly("k1");
    assertThat(keys(api.kv().range(prefix("k").setMaxModRevision(second).build())))
        .containsExactly("k2");
    assertThat(keys(api.kv().range(prefix("k").setMinCreateRevision(second).build())))
        .containsExactly("k2");
    RangeResponse old = api.kv().range(prefix("k").setMaxCreateRevision(first).build());
    assertThat(keys(old)).containsExactly("k1");
    assertThat(old.getCount()).isEqualTo(2);
  }

  @Test
  void readsOldRevisions() {
    long first = api.put("k", "1");
    api.put("k", "2");
    long gone = api.delete("k");

    RangeRequest.Builder request = RangeRequest.newBuilder().setKey(bytes("k"));
    RangeResponse past = api.kv().range(request.setRevision(first).build());
    assertThat(past.getKvs(0).getValue()).isEqualTo(bytes("1"));
    assertThat(past.getHeader().getRevision()).isEqualTo(gone);
    assertThat(api.kv().range(request.setRevision(first + 1).build()).getKvs(0).getValue())
        .isEqualTo(bytes("2"));
    assertThat(api.kv().range(request.setRevision(gone).build()).getKvsList()).isEmpty();
    assertThat(api.kv().range(request.setRevision(first - 1).build()).getKvsList()).isEmpty();
  }

  @Test
  void rejectsFutureAndCompactedRevisionsAndEmptyKeys() {
    api.put("k", "1");
    long kept = api.put("k", "2");
    api.kv().compact(CompactionRequest.newBuilder().setRevision(kept).build());

    RangeRequest.Builder request = RangeRequest.newBuilder().setKey(bytes("k"));
    assertRefused(
        () -> api.kv().range(request.setRevision(kept + 1).build()),
        Status.Code.OUT_OF_RANGE,
        "mvcc: required revision is a future revision");
    assertRefused(
        () -> api.kv().range(request.setRevision(kept - 1).build()),
        Status.Code.OUT_OF_RANGE,
        "mvcc: required revision has been compacted");
    assertRefused(
        () -> api.kv().range(RangeRequest.getDefaultInstance()),
        Status.Code.INVALID_ARGUMENT,
        "key is not provided");
    assertThat(api.kv().range(request.setRevision(kept).build()).getKvsList()).hasSize(1);
  }

  @Test
  void compactsARevisionOnceAndNoFutureRevision() {
    long first = api.put("k", "1");
    long second = api.put("k", "2");
    var request = CompactionRequest.newBuilder();

    var done = api.kv().compact(request.setRevision(first).build());
    assertThat(done.getHeader().getRevision()).isEqualTo(second);
    assertRefused(
        () -> api.kv().compact(request.setRevision(first).build()),
        Status.Code.OUT_OF_RANGE,
        "mvcc: required revision has been compacted");
    assertRefused(
        () -> api.kv().compact(request.setRevision(second + 1).build()),
        Status.Code.OUT_OF_RANGE,
        "mvcc: required revision is a future revision");
    assertThat(api.get("k").getVersion()).isEqualTo(2);
  }

  @Test
  void keepsCreateRevisionAndVersionAfterACompaction() {
    long created = api.put("k", "1");
    long second = api.put("k", "2");
    api.kv().compact(CompactionRequest.newBuilder().setRevision(second).build());
    api.put("k", "3");

    assertThat(api.get("k").getCreateRevision()).isEqualTo(created);
    assertThat(api.get("k").getVersion()).isEqualTo(3);
  }

  private RangeResponse range(String from, String to) {
    return api.kv()
        .range(RangeRequest.newBuilder().setKey(bytes(from)).setRangeEnd(bytes(to)).build());
  }

  private java.util.List<String> sorted(SortTarget target, SortOrder order) {
    return keys(api.kv().range(prefix("k").setSortTarget(target).setSortOrder(order).build()));
  }
}
