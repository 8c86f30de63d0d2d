package dev.platform.starter.test.etcd;

import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.WatchResponse;
import java.util.ArrayList;
import java.util.List;

/** Splits an answer that would be larger than etcd sends to a watcher that asked for fragments. */
final class WatchFragments {

  private static final int MAX_BYTES = 2 * 1024 * 1024;

  private WatchFragments() {}

  /** All but the last one are marked as having a successor. */
  static List<WatchResponse> of(WatchResponse whole) {
    if (whole.getSerializedSize() < MAX_BYTES) {
      return List.of(whole);
    }
    WatchResponse empty = whole.toBuilder().clearEvents().build();
    List<WatchResponse.Builder> fragments = new ArrayList<>();
    int room = 0;
    for (Event event : whole.getEventsList()) {
      int size = event.getSerializedSize();
      if (fragments.isEmpty() || size > room) {
        fragments.add(empty.toBuilder());
        room = MAX_BYTES;
      }
      fragments.get(fragments.size() - 1).addEvents(event);
      room -= size;
    }
    for (WatchResponse.Builder fragment : fragments.subList(0, fragments.size() - 1)) {
      fragment.setUnknownFields(WireFields.varintField(WireFields.WATCH_RESPONSE_FRAGMENT, 1));
    }
    return fragments.stream().map(WatchResponse.Builder::build).toList();
  }
}
