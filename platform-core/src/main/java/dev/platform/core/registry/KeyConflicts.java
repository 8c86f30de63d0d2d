package dev.platform.core.registry;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which claimed keys were lost to other processes, and who these are. Warns once of each other
 * process, however often the two take a key from each other. Not thread-safe.
 */
final class KeyConflicts {

  private static final Logger log = LoggerFactory.getLogger(KeyConflicts.class);

  private final Set<String> lost = new LinkedHashSet<>();
  private final Map<String, String> others = new HashMap<>();

  /** Whether another process keeps the key until it goes. */
  boolean isLost(String key) {
    return lost.contains(key);
  }

  List<String> lostKeys() {
    return List.copyOf(lost);
  }

  void forget(Collection<String> keys) {
    lost.removeAll(keys);
  }

  /** Whether other keys are lost now. */
  boolean update(KeyReview review) {
    boolean changed = lost.removeAll(review.toPut().keySet());
    changed |= lost.addAll(review.foreign().keySet());
    review.foreign().forEach((key, value) -> warn(key, value, "keeps it until it goes"));
    review.retaken().forEach((key, other) -> warn(key, other.value(), "has not this address"));
    return changed;
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
