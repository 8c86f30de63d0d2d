package dev.platform.starter.test.etcd;

import static dev.platform.starter.test.etcd.EtcdApi.bytes;
import static dev.platform.starter.test.etcd.WatchRequests.all;
import static dev.platform.starter.test.etcd.WatchRequests.cancel;
import static dev.platform.starter.test.etcd.WatchRequests.create;
import static dev.platform.starter.test.etcd.WatchRequests.key;
import static dev.platform.starter.test.etcd.WatchRequests.prefix;
import static dev.platform.starter.test.etcd.WatchRequests.progress;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.DeleteRangeRequest;
import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.WatchCreateRequest.FilterType;
import io.etcd.jetcd.api.WatchResponse;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

abstract class WatchConformance extends ConformanceCase {

  @Test
  void confirmsItsCreationAndThenSendsPutsAndDeletes() {
    long before = api.put("k", "0");
    var watch = api.watch().send(key("k"));

    WatchResponse created = watch.next();
    assertThat(created.getCreated()).isTrue();
    assertThat(created.getWatchId()).isZero();
    assertThat(created.getHeader().getRevision()).isEqualTo(before);
    assertThat(created.getHeader().getClusterId()).isNotZero();
    assertThat(created.getEventsList()).isEmpty();

    api.put("other", "1");
    long put = api.put("k", "1");
    WatchResponse first = watch.next();
    assertThat(first.getHeader().getRevision()).isEqualTo(put);
    assertThat(first.getEvents(0).getType()).isEqualTo(Event.EventType.PUT);
    assertThat(first.getEvents(0).getKv()).isEqualTo(api.get("k"));
    assertThat(first.getEvents(0).hasPrevKv()).isFalse();

    long deleted = api.delete("k");
    Event delete = watch.next().getEvents(0);
    assertThat(delete.getType()).isEqualTo(Event.EventType.DELETE);
    assertThat(delete.getKv().getModRevision()).isEqualTo(deleted);
    assertThat(delete.getKv().getKey()).isEqualTo(bytes("k"));
    assertThat(delete.getKv().getValue()).isEmpty();
    assertThat(delete.getKv().getCreateRevision()).isZero();
  }

  @Test
  void servesManyWatchersOnOneStream() {
    var watch = api.watch().send(key("a")).send(key("b")).send(create(prefix("")));
    assertThat(watch.next().getWatchId()).isZero();
    assertThat(watch.next().getWatchId()).isEqualTo(1);
    assertThat(watch.next().getWatchId()).isEqualTo(2);

    api.put("a", "1");

    Set<Long> told = new HashSet<>(List.of(watch.next().getWatchId(), watch.next().getWatchId()));
    assertThat(told).containsExactlyInAnyOrder(0L, 2L);
    api.put("b", "1");
    told = new HashSet<>(List.of(watch.next().getWatchId(), watch.next().getWatchId()));
    assertThat(told).containsExactlyInAnyOrder(1L, 2L);
  }

  @Test
  void replaysHistoryAndContinuesWithoutAGap() {
    long start = api.put("k", "0");
    for (int i = 1; i <= 50; i++) {
      api.put("k", Integer.toString(i));
    }
    var watch = api.watch().send(all(start));
    assertThat(watch.next().getCreated()).isTrue();
    for (int i = 51; i <= 100; i++) {
      api.put("k", Integer.toString(i));
    }

    List<Long> revisions = new ArrayList<>();
    while (revisions.size() < 101) {
      watch.next().getEventsList().forEach(e -> revisions.add(e.getKv().getModRevision()));
    }
    assertThat(revisions).hasSize(101).isSorted().doesNotHaveDuplicates().startsWith(start);
  }

  @Test
  void replaysMoreThanOneBatch() {
    long start = api.revision() + 1;
    for (int i = 0; i < 1100; i++) {
      api.put("k" + i % 7, Integer.toString(i));
    }
    var watch = api.watch().send(all(start));
    watch.next();

    int events = 0;
    long last = start - 1;
    while (events < 1100) {
      for (Event event : watch.next().getEventsList()) {
        assertThat(event.getKv().getModRevision()).isEqualTo(++last);
        events++;
      }
    }
  }

  @Test
  void waitsForAFutureStartRevision() {
    long now = api.put("k", "0");
    var watch = api.watch().send(all(now + 3));
    assertThat(watch.next().getHeader().getRevision()).isEqualTo(now);

    api.put("k", "1");
    api.put("k", "2");
    api.put("k", "3");

    assertThat(watch.next().getEvents(0).getKv().getValue()).isEqualTo(bytes("3"));
  }

  @Test
  void sendsAllEventsOfARevisionInOneResponse() {
    api.put("old", "1");
    var watch = api.watch().send(create(prefix("")));
    watch.next();

    api.kv()
        .txn(
            TxnRequest.newBuilder()
                .addSuccess(put("a"))
                .addSuccess(put("b"))
                .addSuccess(
                    RequestOp.newBuilder()
                        .setRequestDeleteRange(
                            DeleteRangeRequest.newBuilder().setKey(bytes("old"))))
                .build());

    assertThat(watch.next().getEventsList())
        .extracting(event -> event.getKv().getKey().toStringUtf8())
        .containsExactly("a", "b", "old");
  }

  @Test
  void sendsThePreviousValueIfRequested() {
    long start = api.put("k", "1");
    var watch = api.watch().send(create(prefix("k").setStartRevision(start).setPrevKv(true)));
    watch.next();
    assertThat(watch.next().getEvents(0).hasPrevKv()).isFalse();

    api.put("k", "2");
    assertThat(watch.next().getEvents(0).getPrevKv().getValue()).isEqualTo(bytes("1"));
    api.delete("k");
    Event delete = watch.next().getEvents(0);
    assertThat(delete.getPrevKv().getValue()).isEqualTo(bytes("2"));
    assertThat(delete.getPrevKv().getVersion()).isEqualTo(2);
  }

  @Test
  void filtersPutsOrDeletes() {
    var deletes = api.watch().send(create(prefix("k").addFilters(FilterType.NOPUT)));
    var puts = api.watch().send(create(prefix("k").addFilters(FilterType.NODELETE)));
    deletes.next();
    puts.next();

    api.put("k", "1");
    api.delete("k");
    api.put("k", "2");

    assertThat(deletes.next().getEvents(0).getType()).isEqualTo(Event.EventType.DELETE);
    // One response or two, depending on when the first was sent.
    List<ByteString> values = new ArrayList<>();
    while (values.size() < 2) {
      puts.next().getEventsList().forEach(event -> values.add(event.getKv().getValue()));
    }
    assertThat(values).containsExactly(bytes("1"), bytes("2"));
    assertThat(deletes.isQuiet()).isTrue();
  }

  @Test
  void cancelsOneWatcherAndKeepsTheOthers() {
    var watch = api.watch().send(key("k")).send(key("k"));
    watch.next();
    watch.next();

    watch.send(cancel(0));
    WatchResponse canceled = watch.next();
    assertThat(canceled.getCanceled()).isTrue();
    assertThat(canceled.getWatchId()).isZero();
    assertThat(canceled.getCompactRevision()).isZero();
    assertThat(canceled.getCancelReason()).isEmpty();
    assertThat(canceled.getHeader().getRevision()).isEqualTo(api.revision());

    api.put("k", "1");
    assertThat(watch.next().getWatchId()).isEqualTo(1);
  }

  @Test
  void ignoresACancelOfAnUnknownWatcher() {
    var watch = api.watch().send(cancel(99)).send(key("k"));

    assertThat(watch.next().getCreated()).isTrue();
  }

  @Test
  void reportsProgressOnRequest() {
    var watch = api.watch().send(key("k"));
    watch.next();
    long revision = api.put("other", "1");

    watch.send(progress());

    WatchResponse answer = watch.next();
    assertThat(answer.getWatchId()).isEqualTo(-1);
    assertThat(answer.getEventsList()).isEmpty();
    assertThat(answer.getCreated()).isFalse();
    assertThat(answer.getHeader().getRevision()).isEqualTo(revision);
  }

  @Test
  void continuesAfterTheClientsHalfClose() {
    var watch = api.watch().send(key("k"));
    watch.next();

    watch.halfClose();
    api.put("k", "1");

    assertThat(watch.next().getEventsCount()).isEqualTo(1);
    watch.cancel();
  }

  private static RequestOp put(String key) {
    return RequestOp.newBuilder().setRequestPut(PutRequest.newBuilder().setKey(bytes(key))).build();
  }
}
