package dev.platform.core.resolver;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The application contexts that resolve names in this JVM: gRPC has one registry of resolvers for
 * all of them. A channel with a context is resolved by that one; a plain {@code
 * ManagedChannelBuilder} by the latest open one, and by another when that one closes. Thread-safe.
 */
public final class ResolverContexts {

  private static final ResolverContexts JVM = new ResolverContexts();

  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  // guarded by this
  private final List<ResolverContext> alive = new ArrayList<>();

  public static ResolverContexts jvm() {
    return JVM;
  }

  public void add(ResolverContext context) {
    synchronized (this) {
      alive.add(context);
    }
    listeners.forEach(Runnable::run);
  }

  public void remove(ResolverContext context) {
    synchronized (this) {
      alive.remove(context);
    }
    listeners.forEach(Runnable::run);
  }

  synchronized Optional<ResolverContext> latest() {
    return alive.isEmpty() ? Optional.empty() : Optional.of(alive.get(alive.size() - 1));
  }

  synchronized boolean isAlive(ResolverContext context) {
    return alive.contains(context);
  }

  /** The listener is notified, on any thread, when a context is added or removed. */
  void addListener(Runnable listener) {
    listeners.add(listener);
  }

  void removeListener(Runnable listener) {
    listeners.remove(listener);
  }
}
