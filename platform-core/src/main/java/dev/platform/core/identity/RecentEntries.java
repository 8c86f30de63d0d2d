package dev.platform.core.identity;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A bounded map that forgets what was not used for longest, roughly: entries are in two
 * generations; when the younger one is full, the older one is dropped. A read takes no lock.
 */
final class RecentEntries<K, V> {

  private final int generationSize;
  // written under this
  private volatile Map<K, V> young = new ConcurrentHashMap<>();
  private volatile Map<K, V> old = Map.of();

  /**
   * @param size at most so many entries; none if it is 0
   */
  RecentEntries(int size) {
    this.generationSize = (size + 1) / 2;
  }

  @Nullable V get(K key) {
    V known = young.get(key);
    if (known != null) {
      return known;
    }
    V aged = old.get(key);
    return aged == null ? null : putIfAbsent(key, aged);
  }

  /** Threads that ask at once get the same value, though each may create one. */
  V computeIfAbsent(K key, Function<K, V> create) {
    V known = get(key);
    return known == null ? putIfAbsent(key, create.apply(key)) : known;
  }

  void put(K key, V value) {
    if (generationSize > 0) {
      generation(key).put(key, value);
    }
  }

  /** Returns the value that there is now. */
  private V putIfAbsent(K key, V value) {
    V other = generationSize == 0 ? null : generation(key).putIfAbsent(key, value);
    return other == null ? value : other;
  }

  /** The one that an entry belongs to which is used now. */
  private Map<K, V> generation(K key) {
    Map<K, V> target = young;
    return target.size() >= generationSize && !target.containsKey(key)
        ? nextGeneration(target)
        : target;
  }

  void remove(K key) {
    young.remove(key);
    if (old.containsKey(key)) {
      synchronized (this) {
        old.remove(key);
      }
    }
  }

  private synchronized Map<K, V> nextGeneration(Map<K, V> full) {
    if (young == full) {
      old = full;
      young = new ConcurrentHashMap<>();
    }
    return young;
  }

  int size() {
    return young.size() + old.size();
  }
}
