package dev.platform.starter.test.etcd;

import static dev.platform.starter.test.etcd.EtcdApi.bytes;
import static dev.platform.starter.test.etcd.WatchRequests.all;
import static dev.platform.starter.test.etcd.WatchRequests.cancel;
import static dev.platform.starter.test.etcd.WatchRequests.create;
import static dev.platform.starter.test.etcd.WatchRequests.key;
import static dev.platform.starter.test.etcd.WatchRequests.prefix;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.etcd.jetcd.api.DeleteRangeRequest;
import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.WatchCreateRequest;
import io.etcd.jetcd.api.WatchResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

abstract class WatchEdgeConformance extends ConformanceCase {

  @Test
  void cancelsAWatchFromACompactedRevision() {
    long first = api.put("k", "1");
    long kept = api.put("k", "2");
    etcd().compact();
    var watch = api.watch().send(all(first));

    WatchResponse created = watch.next();
    assertThat(created.getCreated()).isTrue();
    assertThat(created.getCanceled()).isFalse();

    WatchResponse canceled = watch.next();
    assertThat(canceled.getCanceled()).isTrue();
    assertThat(canceled.getCompactRevision()).isEqualTo(kept);
    assertThat(canceled.getWatchId()).isEqualTo(created.getWatchId());
    assertThat(canceled.getCancelReason()).isEmpty();
    assertThat(canceled.getHeader().getRevision()).isZero();
    assertThat(watch.end()).isNotDone();

    // The stream still works.
    watch.send(all(kept));
    assertThat(watch.next().getCreated()).isTrue();
    assertThat(watch.next().getEvents(0).getKv().getValue()).isEqualTo(bytes("2"));
  }

  @Test
  void continuesAfterACompaction() {
    var watch = api.watch().send(key("k"));
    watch.next();
    api.put("k", "1");
    watch.next();

    etcd().compact();
    api.put("k", "2");

    assertThat(watch.next().getEvents(0).getKv().getValue()).isEqualTo(bytes("2"));
  }

  @Test
  void hasNoPreviousValueFromBeforeTheCompaction() {
    api.put("k", "1");
    long kept = api.put("k", "2");
    etcd().compact();
    var watch = api.watch().send(create(prefix("k").setPrevKv(true).setStartRevision(kept)));
    watch.next();

    Event event = watch.next().getEvents(0);

    assertThat(event.getKv().getValue()).isEqualTo(bytes("2"));
    assertThat(event.hasPrevKv()).isFalse();
  }

  @Test
  void acceptsAChosenIdAndRejectsADuplicate() {
    var watch = api.watch().send(withId(7)).send(withId(7)).send(withId(0)).send(withId(1));

    assertThat(watch.next().getWatchId()).isEqualTo(7);
    WatchResponse refused = watch.next();
    assertThat(refused.getCreated()).isTrue();
    assertThat(refused.getCanceled()).isTrue();
    assertThat(refused.getWatchId()).isEqualTo(-1);
    assertThat(refused.getCancelReason())
        .isEqualTo("mvcc: duplicate watch ID provided on the WatchStream");
    assertThat(watch.next().getWatchId()).isZero();
    assertThat(watch.next().getWatchId()).isEqualTo(1);
    watch.send(withId(0));
    assertThat(watch.next().getWatchId()).isEqualTo(2);
  }

  @Test
  void rejectsAnEmptyRange() {
    var request = WatchCreateRequest.newBuilder().setKey(bytes("b")).setRangeEnd(bytes("a"));
    var watch = api.watch().send(create(request));

    WatchResponse refused = watch.next();
    assertThat(refused.getCreated()).isTrue();
    assertThat(refused.getCanceled()).isTrue();
    assertThat(refused.getCancelReason()).isEqualTo("mvcc: watcher range is empty");
  }

  @Test
  void watchesEverythingFromAKeyOn() {
    var request = WatchCreateRequest.newBuilder().setKey(bytes("b")).setRangeEnd(EtcdApi.ZERO);
    var watch = api.watch().send(create(request));
    watch.next();

    api.put("a", "1");
    api.put("c", "1");

    assertThat(watch.next().getEvents(0).getKv().getKey()).isEqualTo(bytes("c"));
  }

  @Test
  void reusesTheIdOfACanceledWatcherOnlyIfChosen() {
    var watch = api.watch().send(key("k"));
    watch.next();
    watch.send(cancel(0));
    watch.next();
    watch.send(key("k"));

    assertThat(watch.next().getWatchId()).isEqualTo(1);
  }

  @Test
  void splitsALargeRevisionOnlyIfRequested() {
    for (int i = 0; i < 3; i++) {
      api.kv()
          .put(
              PutRequest.newBuilder()
                  .setKey(bytes("big" + i))
                  .setValue(ByteString.copyFrom(new byte[1024 * 1024]))
                  .build());
    }
    var whole = api.watch().send(create(prefix("big").setPrevKv(true)));
    var split =
        api.watch()
            .send(
                create(
                    prefix("big")
                        .setPrevKv(true)
                        .setUnknownFields(WireFields.varintField(WireFields.WATCH_FRAGMENT, 1))));
    whole.next();
    split.next();

    api.kv()
        .deleteRange(
            DeleteRangeRequest.newBuilder().setKey(bytes("big")).setRangeEnd(bytes("bih")).build());

    assertThat(whole.next().getEventsCount()).isEqualTo(3);
    List<WatchResponse> fragments = new ArrayList<>(List.of(split.next()));
    while (isContinued(fragments.get(fragments.size() - 1))) {
      fragments.add(split.next());
    }
    assertThat(fragments).hasSizeGreaterThan(1);
    assertThat(fragments.stream().mapToInt(WatchResponse::getEventsCount).sum()).isEqualTo(3);
  }

  private static boolean isContinued(WatchResponse fragment) {
    UnknownFieldSet fields = fragment.getUnknownFields();
    return fields.getField(WireFields.WATCH_RESPONSE_FRAGMENT).getVarintList().contains(1L);
  }

  private static io.etcd.jetcd.api.WatchRequest withId(long id) {
    return create(prefix("k").setUnknownFields(WireFields.varintField(WireFields.WATCH_ID, id)));
  }
}
