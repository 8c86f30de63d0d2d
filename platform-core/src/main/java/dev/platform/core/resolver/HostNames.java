package dev.platform.core.resolver;

import dev.platform.core.concurrent.Backoff;
import io.grpc.SynchronizationContext;
import io.grpc.SynchronizationContext.ScheduledHandle;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The addresses of the host names among one service's instances. Names are looked up on another
 * executor; those that do not resolve are looked up again, with back-off, until they do or are no
 * longer listed. A name that stops to resolve keeps its addresses. Confined to the channel's
 * synchronization context.
 */
final class HostNames {

  private static final Logger log = LoggerFactory.getLogger(HostNames.class);

  /** The JVM itself remembers for ten seconds that a name does not resolve. */
  static final Duration MAX_BACKOFF = Duration.ofSeconds(10);

  /** So that a name that is slow to resolve holds up only a part of the others. */
  private static final int PARALLEL_LOOKUPS = 4;

  private static final int MAX_ADDRESSES = 100;

  private final Lookup lookup;
  private final Executor executor;
  private final SynchronizationContext syncContext;
  private final ScheduledExecutorService timer;
  private final Backoff backoff;
  private final Runnable onAnswer;
  private final Map<String, Name> names = new HashMap<>();
  private @Nullable ScheduledHandle retry;

  /** The system's resolver. */
  @FunctionalInterface
  interface Lookup {

    /** Blocks. */
    InetAddress[] allOf(String name) throws UnknownHostException;
  }

  private static final class Name {

    private List<InetAddress> addresses = List.of();
    private boolean asking;
    private boolean failed;
  }

  /**
   * @param onAnswer runs in {@code syncContext} when names were looked up
   */
  HostNames(
      Lookup lookup,
      Executor executor,
      SynchronizationContext syncContext,
      ScheduledExecutorService timer,
      RandomGenerator random,
      Runnable onAnswer) {
    this.lookup = lookup;
    this.executor = executor;
    this.syncContext = syncContext;
    this.timer = timer;
    this.backoff = new Backoff(MAX_BACKOFF, random);
    this.onAnswer = onAnswer;
  }

  /** These names are listed now: new ones are looked up, others are forgotten. */
  void retain(Set<String> listed) {
    names.keySet().retainAll(listed);
    Set<String> fresh = new HashSet<>(listed);
    fresh.removeAll(names.keySet());
    if (!fresh.isEmpty()) {
      fresh.forEach(name -> names.put(name, new Name()));
      backoff.reset();
      lookUp(fresh);
    }
  }

  /** Looks all names up again: they may resolve differently now. */
  void refresh() {
    lookUp(names.keySet());
  }

  /** The addresses of a name; none if it does not resolve, or is not known yet. */
  List<InetAddress> addresses(String name) {
    Name known = names.get(name);
    return known == null ? List.of() : known.addresses;
  }

  /** The names that do not resolve, in order. */
  Set<String> unresolved() {
    Set<String> unresolved = new TreeSet<>();
    names.forEach(
        (name, known) -> {
          if (known.failed && known.addresses.isEmpty()) {
            unresolved.add(name);
          }
        });
    return unresolved;
  }

  /** Whether a name is being looked up of which no address is known. */
  boolean isLookingUp() {
    return names.values().stream().anyMatch(name -> name.asking && name.addresses.isEmpty());
  }

  void shutdown() {
    names.clear();
    if (retry != null) {
      retry.cancel();
    }
  }

  private void lookUp(Set<String> wanted) {
    List<String> idle = new ArrayList<>();
    for (String name : wanted) {
      Name known = names.get(name);
      if (known != null && !known.asking) {
        known.asking = true;
        idle.add(name);
      }
    }
    int share = (idle.size() + PARALLEL_LOOKUPS - 1) / PARALLEL_LOOKUPS;
    for (int from = 0; from < idle.size(); from += share) {
      List<String> part = idle.subList(from, Math.min(from + share, idle.size()));
      try {
        executor.execute(
            () -> {
              Map<String, List<InetAddress>> found = lookUp(part);
              syncContext.execute(() -> answered(found));
            });
      } catch (RejectedExecutionException e) {
        // The executor is the application's: it may be busy, or shut down with the channel.
        log.debug("{} are looked up later", part, e);
        syncContext.execute(() -> answered(nothing(part)));
      }
    }
  }

  private static Map<String, List<InetAddress>> nothing(List<String> part) {
    Map<String, List<InetAddress>> nothing = new LinkedHashMap<>();
    part.forEach(name -> nothing.put(name, List.of()));
    return nothing;
  }

  private Map<String, List<InetAddress>> lookUp(List<String> part) {
    Map<String, List<InetAddress>> found = new LinkedHashMap<>();
    for (String name : part) {
      List<InetAddress> addresses = List.of();
      try {
        List<InetAddress> all = List.of(lookup.allOf(name));
        addresses = all.subList(0, Math.min(all.size(), MAX_ADDRESSES));
      } catch (UnknownHostException | RuntimeException e) {
        // Looked up again; reported as unresolved.
      }
      found.put(name, addresses);
    }
    return found;
  }

  private void answered(Map<String, List<InetAddress>> found) {
    boolean listed = false;
    for (Map.Entry<String, List<InetAddress>> each : found.entrySet()) {
      Name known = names.get(each.getKey());
      if (known != null) {
        listed = true;
        known.asking = false;
        known.failed = each.getValue().isEmpty();
        if (!known.failed) {
          known.addresses = each.getValue();
        }
      }
    }
    if (listed) {
      retryLater();
      onAnswer.run();
    }
  }

  private void retryLater() {
    boolean isScheduled = retry != null && retry.isPending();
    if (!isScheduled && names.values().stream().anyMatch(name -> name.failed)) {
      retry =
          syncContext.schedule(
              this::retryFailed, backoff.nextMillis(), TimeUnit.MILLISECONDS, timer);
    }
  }

  private void retryFailed() {
    Set<String> failed = new HashSet<>();
    names.forEach(
        (name, known) -> {
          if (known.failed) {
            failed.add(name);
          }
        });
    lookUp(failed);
  }
}
