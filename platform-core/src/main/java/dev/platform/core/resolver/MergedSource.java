package dev.platform.core.resolver;

import dev.platform.core.instance.HostAndPort;
import dev.platform.core.instance.Instance;
import io.grpc.SynchronizationContext;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The instances of several registries as one list, each address once. Of an address that several
 * know, the first one's instance counts, with its metadata. The last list of each is kept, so that
 * a registry that is away takes no instance with it, and hides no change of the others. Those that
 * have answered are published without waiting for the rest. Thread-safe, never blocks.
 */
public final class MergedSource implements InstanceSource {

  private static final Logger log = LoggerFactory.getLogger(MergedSource.class);

  private final List<InstanceSource> sources;

  /**
   * @param sources the registries, the one whose metadata wins first
   */
  public MergedSource(List<InstanceSource> sources) {
    this.sources = List.copyOf(sources);
  }

  @Override
  public Runnable subscribe(String serviceId, Consumer<List<Instance>> subscriber) {
    Merge merge = new Merge(serviceId, subscriber);
    merge.start();
    return merge::cancel;
  }

  @Override
  public void refresh(String serviceId) {
    sources.forEach(source -> source.refresh(serviceId));
  }

  @Override
  public String describe() {
    return sources.stream().map(InstanceSource::describe).collect(Collectors.joining("; "));
  }

  /** One subscription. */
  private final class Merge {

    private final String serviceId;
    private final Consumer<List<Instance>> subscriber;
    private final SynchronizationContext syncContext =
        new SynchronizationContext((thread, failure) -> logFailure(failure));
    private final List<Runnable> subscriptions = new ArrayList<>();
    // in syncContext
    private final Map<InstanceSource, List<Instance>> lists = new LinkedHashMap<>();
    private @Nullable List<Instance> published;
    private boolean cancelled;

    Merge(String serviceId, Consumer<List<Instance>> subscriber) {
      this.serviceId = serviceId;
      this.subscriber = subscriber;
    }

    void start() {
      for (InstanceSource source : sources) {
        try {
          subscriptions.add(
              source.subscribe(serviceId, list -> syncContext.execute(() -> update(source, list))));
        } catch (RuntimeException e) {
          log.warn("{}: a registry can't be followed; the others are", serviceId, e);
        }
      }
    }

    void cancel() {
      syncContext.execute(() -> cancelled = true);
      subscriptions.forEach(Runnable::run);
    }

    private void update(InstanceSource source, List<Instance> list) {
      if (cancelled) {
        return;
      }
      List<Instance> before = lists.put(source, list);
      publish();
      if (before != null && hasLost(before, list)) {
        refreshOthers(source);
      }
    }

    private void publish() {
      Map<HostAndPort, Instance> merged = new LinkedHashMap<>();
      for (InstanceSource source : sources) {
        for (Instance instance : lists.getOrDefault(source, List.of())) {
          merged.putIfAbsent(instance.address(), instance);
        }
      }
      List<Instance> next = List.copyOf(merged.values());
      if (!next.equals(published)) {
        published = next;
        subscriber.accept(next);
      }
    }

    /** An instance that leaves one registry is about to leave the others. */
    private void refreshOthers(InstanceSource lost) {
      for (InstanceSource source : sources) {
        if (source != lost) {
          source.refresh(serviceId);
        }
      }
    }

    private void logFailure(Throwable failure) {
      log.error("{}: its merged instances can't be used", serviceId, failure);
    }
  }

  private static boolean hasLost(List<Instance> before, List<Instance> after) {
    Set<HostAndPort> left = new HashSet<>();
    after.forEach(instance -> left.add(instance.address()));
    return before.stream().anyMatch(instance -> !left.contains(instance.address()));
  }
}
