package dev.platform.starter.test.etcd;

import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.WatchCreateRequest;
import io.etcd.jetcd.api.WatchCreateRequest.FilterType;

/** One watch of a stream and how far it has read. Guarded by its {@link WatchStream}. */
final class Watcher {

  private final long id;
  private final KeyRange range;
  private final WatchCreateRequest request;
  private long nextRevision;
  private long lastAnswerNanos;

  Watcher(long id, KeyRange range, WatchCreateRequest request, long nextRevision, long nowNanos) {
    this.id = id;
    this.range = range;
    this.request = request;
    this.nextRevision = nextRevision;
    this.lastAnswerNanos = nowNanos;
  }

  long id() {
    return id;
  }

  long nextRevision() {
    return nextRevision;
  }

  void readUpTo(long revision) {
    nextRevision = revision;
  }

  boolean wants(Event event) {
    FilterType unwanted =
        event.getType() == Event.EventType.PUT ? FilterType.NOPUT : FilterType.NODELETE;
    return range.contains(event.getKv().getKey()) && !request.getFiltersList().contains(unwanted);
  }

  Event view(Event event) {
    return request.getPrevKv() ? event : event.toBuilder().clearPrevKv().build();
  }

  boolean wantsFragments() {
    return WireFields.varint(request, WireFields.WATCH_FRAGMENT) != 0;
  }

  void answered(long nowNanos) {
    lastAnswerNanos = nowNanos;
  }

  boolean isProgressDue(long nowNanos, long intervalNanos) {
    return request.getProgressNotify() && nowNanos - lastAnswerNanos >= intervalNanos;
  }
}
