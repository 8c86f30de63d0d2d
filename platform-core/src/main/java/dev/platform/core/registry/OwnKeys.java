package dev.platform.core.registry;

import dev.platform.core.instance.Printable;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys of this process: what is claimed, the revisions of its own puts, what was found in their
 * place, and which keys belong to other processes. Warns once about each other process, however
 * often the two overwrite each other's key. On the connection's thread.
 */
final class OwnKeys {

  private static final Logger log = LoggerFactory.getLogger(OwnKeys.class);
  private static final long NEVER_PUT = -1;

  private final Map<String, Claim> claims = new LinkedHashMap<>();
  private final Map<String, Long> revisions = new LinkedHashMap<>();
  private final Map<String, Long> found = new HashMap<>();
  private final Set<String> conflicting = new LinkedHashSet<>();
  private final Map<String, String> others = new HashMap<>();

  void claim(Claim claim) {
    claims.put(claim.key(), claim);
  }

  /** Removes the claims of these keys, and returns those that there were. */
  List<Claim> release(Collection<String> keys) {
    conflicting.removeAll(keys);
    return keys.stream().map(claims::remove).filter(Objects::nonNull).toList();
  }

  /** Whether nothing is claimed. */
  boolean isEmpty() {
    return claims.isEmpty();
  }

  boolean isClaimed(String key) {
    return claims.containsKey(key);
  }

  @Nullable Claim claimOf(String key) {
    return claims.get(key);
  }

  /** All claimed keys, in the order of their claims. */
  List<String> claimed() {
    return List.copyOf(claims.keySet());
  }

  /** Those that another process keeps until it deregisters. */
  List<String> conflicting() {
    return List.copyOf(conflicting);
  }

  /** The keys to put, with their values: all claimed ones except those of other processes. */
  Map<String, String> values() {
    Map<String, String> values = new LinkedHashMap<>();
    claims.values().stream()
        .filter(claim -> !conflicting.contains(claim.key()))
        .forEach(claim -> values.put(claim.key(), claim.value()));
    return values;
  }

  /** The expected revision of each key that was put or checked before; 0 for a missing one. */
  Map<String, Long> expected(Collection<String> keys) {
    Map<String, Long> expected = new LinkedHashMap<>(revisions);
    expected.putAll(found);
    expected.keySet().retainAll(keys);
    return expected;
  }

  /** The revisions of this process's puts of claimed keys. */
  Map<String, Long> puts() {
    Map<String, Long> puts = new LinkedHashMap<>(revisions);
    puts.keySet().retainAll(claims.keySet());
    return puts;
  }

  /** Whether one of these keys has been put again, with these revisions of earlier puts. */
  boolean werePutSince(Map<String, Long> puts) {
    return puts.entrySet().stream()
        .anyMatch(put -> !put.getValue().equals(revisions.get(put.getKey())));
  }

  /** The revision of this process's put; without one, a revision that no key has. */
  long revision(String key) {
    return revisions.getOrDefault(key, NEVER_PUT);
  }

  /** The key was put at this revision. */
  void put(String key, long revision) {
    revisions.put(key, revision);
  }

  /** The key was marked at this revision; the answer to a later put may have come first. */
  void marked(String key, long revision) {
    revisions.merge(key, revision, Math::max);
  }

  /** Whether these values are all that must be in etcd. */
  boolean isComplete(Map<String, String> values) {
    return claims.values().stream()
        .allMatch(
            claim ->
                conflicting.contains(claim.key()) || claim.value().equals(values.get(claim.key())));
  }

  /** All that a check has found is out of date. */
  void forgetFound() {
    found.clear();
  }

  /** What a check has found for these keys is out of date. */
  void forgetFound(Collection<String> keys) {
    found.keySet().removeAll(keys);
  }

  /**
   * Records what a check has found.
   *
   * @return whether the set of keys that belong to other processes has changed
   */
  boolean update(KeyReview review) {
    review.own().forEach(revisions::put);
    found.putAll(review.toPut());
    boolean changed = conflicting.removeAll(review.toPut().keySet());
    changed |= conflicting.addAll(review.foreign().keySet());
    review.foreign().forEach((key, value) -> warn(key, value, "keeps it until it deregisters"));
    review.retaken().forEach((key, other) -> warn(key, other.value(), "has another address"));
    return changed;
  }

  /** There are no claims any more, and no keys in etcd. */
  void clear() {
    revisions.clear();
    found.clear();
  }

  /**
   * @param found what the other process has put; anything
   */
  private void warn(String key, String found, String what) {
    String value = Printable.of(found);
    if (!value.equals(others.put(key, value))) {
      log.warn(
          "{} was put by another process, which {}: {}. Each process needs an address of its own:"
              + " platform.registry.advertise-host, .advertise-port",
          key,
          what,
          value);
    }
  }
}
