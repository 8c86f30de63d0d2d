package dev.platform.simulation;

import dev.platform.core.instance.Instance;
import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.KeyValue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What etcd has, and had at each revision of each of its histories, about the one service. */
final class Truth {

  private static final String PREFIX = InstanceProcess.CODEC.prefix(InstanceProcess.SERVICE);

  private final Loop loop;
  private final List<NavigableMap<Long, Set<String>>> histories = new ArrayList<>();
  private final Map<String, Entry> entries = new TreeMap<>();

  /** Instances that vanished without a mark, and whose key is still missing. */
  private final Map<String, Vanished> vanished = new TreeMap<>();

  /** Instances whose key said that they leave, with the time. */
  private final Map<String, Long> departed = new HashMap<>();

  private long changedAt;
  private long revision = 1;

  /** A key's value in etcd. */
  record Entry(String instance, boolean up, long lease, String value, long revision) {}

  /** When a key vanished, and how many instances were left then. */
  record Vanished(String key, long at, long left) {}

  Truth(Loop loop) {
    this.loop = loop;
    histories.add(new TreeMap<>(Map.of(0L, Set.of())));
  }

  void wiped() {
    entries.forEach(
        (key, entry) -> {
          if (entry.up) {
            vanished.put(entry.instance, new Vanished(key, loop.now(), 0));
          }
        });
    entries.clear();
    histories.add(new TreeMap<>(Map.of(0L, Set.of())));
    revision = 1;
    changedAt = loop.now();
  }

  /** The events of one revision or more. */
  void changed(long atRevision, List<Event> events) {
    boolean changed = false;
    for (Event event : events) {
      String key = event.getKv().getKey().toStringUtf8();
      if (key.startsWith(PREFIX)) {
        changed = true;
        apply(key, event);
      }
    }
    if (changed) {
      Set<String> up = new TreeSet<>();
      entries.forEach(
          (key, entry) -> {
            if (entry.up) {
              up.add(entry.instance);
            }
          });
      histories.get(histories.size() - 1).put(atRevision, Set.copyOf(up));
      revision = atRevision;
      changedAt = loop.now();
    }
  }

  private void apply(String key, Event event) {
    if (event.getType() == Event.EventType.DELETE) {
      Entry gone = entries.remove(key);
      if (gone != null && gone.up) {
        long left = entries.values().stream().filter(Entry::up).count();
        vanished.put(gone.instance, new Vanished(key, loop.now(), left));
      }
      return;
    }
    KeyValue kv = event.getKv();
    Instance read = InstanceProcess.CODEC.read(InstanceProcess.SERVICE, kv.getValue());
    Entry entry =
        new Entry(
            read.id(),
            read.isUp(),
            kv.getLease(),
            kv.getValue().toStringUtf8(),
            kv.getModRevision());
    Entry before = entries.put(key, entry);
    if (before != null && !before.instance.equals(entry.instance)) {
      // Another process has the address now, so nobody calls the one before.
      departed.put(before.instance, loop.now());
    }
    Set<String> replaced = new TreeSet<>();
    vanished.forEach(
        (instance, gone) -> {
          if (gone.key.equals(key)) {
            replaced.add(instance);
          }
        });
    replaced.forEach(
        other -> {
          vanished.remove(other);
          departed.put(other, loop.now());
        });
    if (entry.up) {
      departed.remove(entry.instance);
    } else {
      departed.put(entry.instance, loop.now());
    }
  }

  @Nullable Entry entry(String key) {
    return entries.get(key);
  }

  Map<String, Entry> entries() {
    return entries;
  }

  int history() {
    return histories.size() - 1;
  }

  /** The latest revision that has changed the service in the current history. */
  long revision() {
    return revision;
  }

  /** When the service has last changed. */
  long changedAt() {
    return changedAt;
  }

  /** The instances at a revision of a history. */
  Set<String> at(int history, long atRevision) {
    return histories.get(history).floorEntry(Math.max(0, atRevision)).getValue();
  }

  /** When it vanished from etcd without a mark; null if it did not, or is back. */
  @Nullable Long vanishedAt(String instance) {
    Vanished known = vanished.get(instance);
    return known == null ? null : known.at;
  }

  /** When it said that it leaves, or was replaced; null if it did not, or is back. */
  @Nullable Long departedAt(String instance) {
    return departed.get(instance);
  }

  /** How many were left when the last of these vanished, whoever has departed since. */
  long leftBy(Set<String> instances) {
    Vanished last = null;
    for (String each : instances) {
      Vanished known = vanished.get(each);
      if (known != null && (last == null || known.at >= last.at)) {
        last = known;
      }
    }
    return last == null ? 0 : last.left;
  }

  /** By instance. */
  Map<String, Vanished> vanished() {
    return vanished;
  }
}
