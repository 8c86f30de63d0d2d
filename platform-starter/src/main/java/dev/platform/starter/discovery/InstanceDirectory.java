package dev.platform.starter.discovery;

import dev.platform.starter.etcd.Backoff;
import dev.platform.starter.etcd.EtcdConnection;
import dev.platform.starter.etcd.KeyRange;
import dev.platform.starter.instance.InstanceCodec;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.RangeRequest;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * The one watched view of other services' instances in a process. A service is watched from the
 * first time that somebody asks for it, until the directory's connection is closed. While etcd is
 * away the last good lists stay. Thread-safe; never blocks.
 */
public final class InstanceDirectory implements AutoCloseable {

  private static final Duration MAX_BACKOFF = Duration.ofSeconds(1);

  private final EtcdConnection connection;
  private final InstanceCodec codec;
  private final DiscoveryProperties properties;
  private final Clock clock;
  private final RandomGenerator random;
  private final Snapshots snapshots;
  private final ConcurrentMap<String, ServiceWatch> services = new ConcurrentHashMap<>();
  private final List<Consumer<String>> watchListeners = new CopyOnWriteArrayList<>();
  private volatile List<String> lastKnownServices = List.of();

  InstanceDirectory(
      EtcdConnection connection,
      InstanceCodec codec,
      DiscoveryProperties properties,
      Clock clock,
      RandomGenerator random,
      Snapshots snapshots) {
    this.connection = connection;
    this.codec = codec;
    this.properties = properties;
    this.clock = clock;
    this.random = random;
    this.snapshots = snapshots;
  }

  /** Ends a subscription. Nothing is told once it has run on the connection's thread. */
  @FunctionalInterface
  public interface Subscription {

    /** Idempotent. */
    void cancel();
  }

  /** What is known of a service now; it is watched from here on. */
  public InstanceList latest(String serviceId) {
    return watch(serviceId).latest();
  }

  /** Completes with the service's first list, at once if there is one; never exceptionally. */
  public CompletableFuture<InstanceList> firstList(String serviceId) {
    return watch(serviceId).firstList().copy();
  }

  /**
   * Tells the latest list, if any, and every one after it, in order, on one thread that must not be
   * blocked.
   */
  public Subscription subscribe(String serviceId, Consumer<InstanceList> subscriber) {
    ServiceWatch watch = watch(serviceId);
    watch.subscribe(subscriber);
    return () -> watch.unsubscribe(subscriber);
  }

  /** Told of each service that is watched, or will be, once. */
  void onWatched(Consumer<String> listener) {
    watchListeners.add(listener);
    services.keySet().forEach(listener);
  }

  /** Lists of all services that are watched. */
  public List<InstanceList> watched() {
    return services.values().stream().map(ServiceWatch::latest).toList();
  }

  /** Whether the service's list follows etcd at this moment. */
  public boolean isFollowing(String serviceId) {
    return Optional.ofNullable(services.get(serviceId)).map(ServiceWatch::isWatching).orElse(false);
  }

  /** The names of all services in etcd; those known last while etcd is away. */
  public CompletableFuture<List<String>> serviceIds() {
    KeyRange range = KeyRange.prefix(codec.root());
    CompletableFuture<List<String>> names = new CompletableFuture<>();
    connection.then(
        connection
            .kv()
            .range(
                RangeRequest.newBuilder()
                    .setKey(range.key())
                    .setRangeEnd(range.end())
                    .setKeysOnly(true)
                    .build()),
        answer -> {
          lastKnownServices = names(answer.getKvsList());
          names.complete(lastKnownServices);
        },
        failure -> names.complete(lastKnownServices));
    return names;
  }

  /** What is known of etcd, for messages. */
  public String describeRegistry() {
    return connection.availability().describe();
  }

  /** How long somebody who asks first may wait. */
  public Duration waitForFirstList() {
    return properties.waitForFirstList();
  }

  /** Keeps the last good lists for the next start. The watches end with the connection. */
  @Override
  public void close() {
    snapshots.close();
  }

  private List<String> names(List<KeyValue> keys) {
    return keys.stream()
        .flatMap(kv -> codec.serviceOf(kv.getKey().toStringUtf8()).stream())
        .distinct()
        .toList();
  }

  private ServiceWatch watch(String serviceId) {
    ServiceWatch known = services.get(serviceId);
    if (known != null) {
      return known;
    }
    ServiceWatch fresh =
        new ServiceWatch(
            serviceId,
            connection,
            codec,
            clock,
            new Backoff(MAX_BACKOFF, random),
            properties.hold(),
            snapshots);
    ServiceWatch raced = services.putIfAbsent(serviceId, fresh);
    if (raced != null) {
      return raced;
    }
    fresh.start();
    watchListeners.forEach(listener -> listener.accept(serviceId));
    return fresh;
  }
}
