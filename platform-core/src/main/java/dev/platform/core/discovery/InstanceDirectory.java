package dev.platform.core.discovery;

import dev.platform.core.concurrent.Backoff;
import dev.platform.core.concurrent.Threads;
import dev.platform.core.etcd.EtcdConnection;
import dev.platform.core.etcd.KeyRange;
import dev.platform.core.instance.InstanceCodec;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.RangeRequest;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * The process's one watched view of other services' instances. A service is watched from the first
 * look-up until the directory's connection is closed. While etcd is unavailable the last known
 * lists stay. Thread-safe; never blocks.
 */
public final class InstanceDirectory implements AutoCloseable {

  private static final Duration MAX_BACKOFF = Duration.ofSeconds(1);

  private final EtcdConnection connection;
  private final InstanceCodec codec;
  private final DiscoverySettings settings;
  private final Clock clock;
  private final RandomGenerator random;
  private final Snapshots snapshots;
  private final ConcurrentMap<String, ServiceWatch> services = new ConcurrentHashMap<>();
  private final List<Consumer<String>> watchListeners = new CopyOnWriteArrayList<>();
  private final ServiceNames names;
  private volatile List<String> lastKnownServices = List.of();

  private InstanceDirectory(
      EtcdConnection connection,
      InstanceCodec codec,
      DiscoverySettings settings,
      Clock clock,
      RandomGenerator random,
      Snapshots snapshots) {
    this.connection = connection;
    this.codec = codec;
    this.settings = settings;
    this.clock = clock;
    this.random = random;
    this.snapshots = snapshots;
    this.names = new ServiceNames(connection, codec, new Backoff(MAX_BACKOFF, random));
  }

  /**
   * A directory that reads keys as {@code codec} writes them.
   *
   * @param connection the connection to read from; closed by its owner
   */
  public static Builder builder(EtcdConnection connection, InstanceCodec codec) {
    return new Builder(connection, codec);
  }

  /** Not thread-safe. */
  public static final class Builder {

    private final EtcdConnection connection;
    private final InstanceCodec codec;
    private DiscoverySettings settings = DiscoverySettings.defaults();
    private Clock clock = Clock.systemUTC();
    private RandomGenerator random = RandomGenerator.getDefault();
    private Threads threads = Threads.daemons();
    private List<String> endpoints = List.of();

    private Builder(EtcdConnection connection, InstanceCodec codec) {
      this.connection = connection;
      this.codec = codec;
    }

    public Builder settings(DiscoverySettings discovery) {
      this.settings = discovery;
      return this;
    }

    /** Dates lists and expires snapshots. */
    public Builder clock(Clock wallClock) {
      this.clock = wallClock;
      return this;
    }

    /** Random numbers for back-offs. */
    public Builder random(RandomGenerator generator) {
      this.random = generator;
      return this;
    }

    /** Makes the thread that reads and writes snapshots; by default a daemon thread. */
    public Builder threads(Threads source) {
      this.threads = source;
      return this;
    }

    /** The endpoints of this etcd: snapshots of another etcd's lists are not restored. */
    public Builder endpoints(List<String> etcd) {
      this.endpoints = List.copyOf(etcd);
      return this;
    }

    public InstanceDirectory build() {
      return new InstanceDirectory(connection, codec, settings, clock, random, snapshots());
    }

    private Snapshots snapshots() {
      DiscoverySettings.Snapshot snapshot = settings.snapshot();
      if (!snapshot.enabled()) {
        return Snapshots.none();
      }
      String source = endpoints + codec.root();
      String folder = UUID.nameUUIDFromBytes(source.getBytes(StandardCharsets.UTF_8)).toString();
      return Snapshots.in(
          new SnapshotFiles(
              snapshot.directoryOrDefault().resolve(folder), codec, snapshot.maxAge(), clock),
          threads);
    }
  }

  /** Ends a subscription. No list is published once it has run on the connection's thread. */
  @FunctionalInterface
  public interface Subscription {

    /** Idempotent. */
    void cancel();
  }

  /** The list known now; the service is watched from here on. */
  public InstanceList latest(String serviceId) {
    return watch(serviceId).latest();
  }

  /** Completes with the service's first list, at once if there is one; never exceptionally. */
  public CompletableFuture<InstanceList> firstList(String serviceId) {
    return watch(serviceId).firstList().copy();
  }

  /**
   * Publishes the latest list, if any, and every later one, in order, on one thread that must not
   * be blocked.
   */
  public Subscription subscribe(String serviceId, Consumer<InstanceList> subscriber) {
    ServiceWatch watch = watch(serviceId);
    watch.subscribe(subscriber);
    return () -> watch.unsubscribe(subscriber);
  }

  /** Calls the listener once for each service that is watched now or later. */
  void onWatched(Consumer<String> listener) {
    watchListeners.add(listener);
    services.keySet().forEach(listener);
  }

  /**
   * Calls the listener after services have appeared or disappeared, from the first call of {@link
   * #serviceIds} on; on one thread that must not be blocked. Register it before that call.
   */
  void onServiceIdsChanged(Runnable listener) {
    names.onChange(listener);
  }

  /** The lists of all watched services. */
  public List<InstanceList> watched() {
    return services.values().stream().map(ServiceWatch::latest).toList();
  }

  /** Whether the service's list follows etcd at this moment. */
  public boolean isFollowing(String serviceId) {
    return Optional.ofNullable(services.get(serviceId)).map(ServiceWatch::isWatching).orElse(false);
  }

  /** The names of all services in etcd; the last known ones while etcd is unavailable. */
  public CompletableFuture<List<String>> serviceIds() {
    names.follow();
    KeyRange range = KeyRange.prefix(codec.root());
    CompletableFuture<List<String>> known = new CompletableFuture<>();
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
          known.complete(lastKnownServices);
        },
        failure -> known.complete(lastKnownServices));
    return known;
  }

  /** The state of etcd, for messages. */
  public String describeRegistry() {
    return connection.availability().describe();
  }

  /** How long the first look-up of a service may wait. */
  public Duration waitForFirstList() {
    return settings.waitForFirstList();
  }

  /** Saves the last known lists for the next start. The watches end with the connection. */
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
            settings.hold(),
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
