package dev.platform.starter.test.etcd;

import io.etcd.jetcd.api.KeyValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The versions of one key, oldest first. A version number of 0 marks a deletion. */
final class KeyHistory {

  private final List<KeyValue> versions = new ArrayList<>(2);

  Optional<KeyValue> at(long revision) {
    int index = indexAt(revision);
    return index < 0 || isDeletion(versions.get(index))
        ? Optional.empty()
        : Optional.of(versions.get(index));
  }

  void add(KeyValue version) {
    versions.add(version);
  }

  /** Forgets versions that are only visible before {@code revision}. */
  void compact(long revision) {
    int last = indexAt(revision);
    if (last < 0) {
      return;
    }
    versions.subList(0, isDeletion(versions.get(last)) ? last + 1 : last).clear();
  }

  boolean isEmpty() {
    return versions.isEmpty();
  }

  long bytes() {
    return versions.stream().mapToLong(KeyValue::getSerializedSize).sum();
  }

  /** From the end, since nearly every read is for the latest revision. */
  private int indexAt(long revision) {
    int index = versions.size() - 1;
    while (index >= 0 && versions.get(index).getModRevision() > revision) {
      index--;
    }
    return index;
  }

  private static boolean isDeletion(KeyValue version) {
    return version.getVersion() == 0;
  }
}
