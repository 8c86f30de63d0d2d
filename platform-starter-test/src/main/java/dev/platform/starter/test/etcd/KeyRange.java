package dev.platform.starter.test.etcd;

import com.google.protobuf.ByteString;
import java.util.Comparator;
import java.util.NavigableMap;

/**
 * A range of keys as etcd's requests state it.
 *
 * @param key the first key
 * @param end empty: the one key; a single zero byte: every key from the first on; else exclusive
 */
record KeyRange(ByteString key, ByteString end) {

  static final Comparator<ByteString> ORDER = ByteString.unsignedLexicographicalComparator();

  private static final ByteString ZERO = ByteString.copyFrom(new byte[] {0});

  static KeyRange single(ByteString key) {
    return new KeyRange(key, ByteString.EMPTY);
  }

  static KeyRange all() {
    return new KeyRange(ZERO, ZERO);
  }

  static KeyRange prefix(ByteString prefix) {
    if (prefix.isEmpty()) {
      return all();
    }
    byte[] end = prefix.toByteArray();
    for (int i = end.length - 1; i >= 0; i--) {
      if (end[i] != (byte) 0xff) {
        end[i]++;
        return new KeyRange(prefix, ByteString.copyFrom(end, 0, i + 1));
      }
    }
    return new KeyRange(prefix, ZERO);
  }

  boolean isSingle() {
    return end.isEmpty();
  }

  boolean isEmpty() {
    return !isSingle() && !isOpen() && ORDER.compare(key, end) >= 0;
  }

  boolean contains(ByteString candidate) {
    if (isSingle()) {
      return key.equals(candidate);
    }
    return ORDER.compare(candidate, key) >= 0 && (isOpen() || ORDER.compare(candidate, end) < 0);
  }

  /** Whether every key of the other range is one of these. */
  boolean covers(KeyRange other) {
    if (other.isSingle() || isSingle()) {
      return other.isSingle() && contains(other.key);
    }
    return contains(other.key)
        && (isOpen() || (!other.isOpen() && ORDER.compare(other.end, end) <= 0));
  }

  <V> NavigableMap<ByteString, V> of(NavigableMap<ByteString, V> map) {
    if (isEmpty()) {
      return map.subMap(key, false, key, false);
    }
    if (isSingle()) {
      return map.subMap(key, true, key, true);
    }
    return isOpen() ? map.tailMap(key, true) : map.subMap(key, true, end, false);
  }

  boolean isOpen() {
    return end.equals(ZERO);
  }
}
