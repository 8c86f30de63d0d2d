package dev.platform.core.registry;

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
 * The keys of this process: what is claimed, at which revisions its own puts stand, what was found
 * in their place, and which keys belong to other processes. Warns once of each other process,
 * however often the two take a key from each other. On the connection's thread.
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

  /** Those of the keys that were claimed, and no longer are. */
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

  /** All that are claimed, in the order in which they were. */
  List<String> claimed() {
    return List.copyOf(claims.keySet());
  }

  /** Those that another process keeps until it deregisters. */
  List<String> conflicting() {
    return List.copyOf(conflicting);
  }

  /** What is to be put: all claimed keys but those of other processes. */
  Map<String, String> values() {
    Map<String, String> values = new LinkedHashMap<>();
    claims.values().stream()
        .filter(claim -> !conflicting.contains(claim.key()))
        .forEach(claim -> values.put(claim.key(), claim.value()));
    return values;
  }

  /** At which revision each stands that was put or looked at before; 0 for one that is missing. */
  Map<String, Long> expected(Collection<String> keys) {
    Map<String, Long> expected = new LinkedHashMap<>(revisions);
    expected.putAll(found);
    expected.keySet().retainAll(keys);
    return expected;
  }

  /** The own puts of claimed keys, by the revision of each. */
  Map<String, Long> puts() {
    Map<String, Long> puts = new LinkedHashMap<>(revisions);
    puts.keySet().retainAll(claims.keySet());
    return puts;
  }

  /** The revision of one's own put; one that no key has where there was none. */
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

  /** Whether these values are all that is to be in etcd. */
  boolean isComplete(Map<String, String> values) {
    return claims.values().stream()
        .allMatch(
            claim ->
                conflicting.contains(claim.key()) || claim.value().equals(values.get(claim.key())));
  }

  /** What was found in the place of any is out of date. */
  void forgetFound() {
    found.clear();
  }

  /** What was found in the place of these is out of date. */
  void forgetFound(Collection<String> keys) {
    found.keySet().removeAll(keys);
  }

  /**
   * Takes note of what a check has found.
   *
   * @return whether other keys than before belong to other processes
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

  /** Nothing is claimed any more, and nothing is left in etcd. */
  void clear() {
    revisions.clear();
    found.clear();
  }

  private void warn(String key, String value, String what) {
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
