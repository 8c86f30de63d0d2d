package dev.platform.starter.test.etcd;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.KeyValue;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Keys with all their versions, and the log of events by revision, back to the last compaction.
 *
 * <p>Not thread-safe: guarded by the lock of {@link EtcdState}.
 */
final class MvccStore {

  private final NavigableMap<ByteString, KeyHistory> keys = new TreeMap<>(KeyRange.ORDER);
  private final NavigableMap<Long, List<Event>> log = new TreeMap<>();
  private long revision = 1;
  private long compactedRevision = -1;

  long revision() {
    return revision;
  }

  /** The oldest revision that can be read; -1 as long as nothing was compacted. */
  long compactedRevision() {
    return compactedRevision;
  }

  Optional<KeyValue> get(ByteString key, long atRevision) {
    return Optional.ofNullable(keys.get(key)).flatMap(history -> history.at(atRevision));
  }

  /** The range's keys as they were at a revision, in key order. */
  List<KeyValue> range(KeyRange range, long atRevision) {
    if (range.isSingle()) {
      return get(range.key(), atRevision).map(List::of).orElse(List.of());
    }
    List<KeyValue> found = new ArrayList<>();
    range.of(keys).values().forEach(history -> history.at(atRevision).ifPresent(found::add));
    return found;
  }

  /** Starts the next revision; it exists once something was written and {@link Write#commit}ed. */
  Write write() {
    return new Write();
  }

  void compact(long atRevision) {
    compactedRevision = atRevision;
    log.headMap(atRevision, false).clear();
    keys.values().forEach(history -> history.compact(atRevision));
    keys.values().removeIf(KeyHistory::isEmpty);
  }

  /** Passes on the events of whole revisions from one on, and returns the revision after them. */
  long replay(long fromRevision, int maxRevisions, Consumer<Event> consumer) {
    int revisions = 0;
    for (var entry : log.tailMap(fromRevision, true).entrySet()) {
      if (revisions++ == maxRevisions) {
        return entry.getKey();
      }
      entry.getValue().forEach(consumer);
    }
    return Math.max(fromRevision, revision + 1);
  }

  long bytes() {
    return keys.values().stream().mapToLong(KeyHistory::bytes).sum();
  }

  /** The changes of one revision. Reads at {@link #revision()} see them at once. */
  final class Write {

    private final List<Event> events = new ArrayList<>(1);

    /** The revision that this write has reached: unchanged until something was written. */
    long revision() {
      return events.isEmpty() ? revision : revision + 1;
    }

    void put(ByteString key, ByteString value, long lease) {
      Optional<KeyValue> previous = get(key, revision());
      KeyValue next =
          KeyValue.newBuilder()
              .setKey(key)
              .setValue(value)
              .setLease(lease)
              .setCreateRevision(previous.map(KeyValue::getCreateRevision).orElse(revision + 1))
              .setModRevision(revision + 1)
              .setVersion(previous.map(KeyValue::getVersion).orElse(0L) + 1)
              .build();
      keys.computeIfAbsent(key, k -> new KeyHistory()).add(next);
      record(Event.EventType.PUT, next);
    }

    /** Deletes a range and returns what was in it. */
    List<KeyValue> delete(KeyRange range) {
      List<KeyValue> deleted = range(range, revision());
      for (KeyValue previous : deleted) {
        KeyValue tombstone =
            KeyValue.newBuilder().setKey(previous.getKey()).setModRevision(revision + 1).build();
        keys.computeIfAbsent(previous.getKey(), k -> new KeyHistory()).add(tombstone);
        record(Event.EventType.DELETE, tombstone);
      }
      return deleted;
    }

    /** True if there is a new revision. */
    boolean commit() {
      if (events.isEmpty()) {
        return false;
      }
      revision++;
      log.put(revision, List.copyOf(events));
      return true;
    }

    /** The previous value in an event is that of the revision before, as with etcd. */
    private void record(Event.EventType type, KeyValue kv) {
      Event.Builder event = Event.newBuilder().setType(type).setKv(kv);
      get(kv.getKey(), revision).ifPresent(event::setPrevKv);
      events.add(event.build());
    }
  }
}
