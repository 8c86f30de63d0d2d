package dev.platform.core.discovery;

import static dev.platform.core.InvalidPropertyException.check;

import dev.platform.core.concurrent.Backoff;
import dev.platform.core.concurrent.Threads;
import dev.platform.core.etcd.EtcdConnection;
import dev.platform.core.instance.InstanceCodec;
import dev.platform.core.instance.Layout;
import dev.platform.core.instance.Printable;
import dev.platform.core.instance.SkippedInstances;
import dev.platform.core.instance.SkippedInstances.Reason;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * The process's one watched view of other services' instances. A service is watched while it has
 * subscribers, and for some time after each look-up; without subscribers, a bounded number of them
 * is. While etcd is unavailable the last known lists stay. Thread-safe; never blocks.
 */
public final class InstanceDirectory implements AutoCloseable {

  private static final Duration MAX_BACKOFF = Duration.ofSeconds(1);

  private final EtcdConnection connection;
  private final InstanceCodec codec;
  private final DiscoverySettings settings;
  private final Clock clock;
  private final RandomGenerator random;
  private final Snapshots snapshots;
  private final SkippedInstances skipped;
  private final WatchedServices services;
  private final ServiceNames names;
  private final FollowedNames followed;
  private final Map<String, Layout> layouts;

  private InstanceDirectory(Builder builder) {
    this.connection = builder.connection;
    this.codec = builder.codec;
    this.settings = builder.settings;
    this.clock = builder.clock;
    this.random = builder.random;
    this.snapshots = builder.snapshots();
    this.skipped = builder.skipped;
    this.layouts = builder.layouts;
    this.services =
        new WatchedServices(connection, this::newWatch, builder.idle, builder.maxLookedUp);
    this.names = new ServiceNames(connection, codec);
    this.followed = new FollowedNames(connection, codec, new Backoff(MAX_BACKOFF, random));
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
    private SkippedInstances skipped = new SkippedInstances();
    private Duration idle = Duration.ofMinutes(10);
    private int maxLookedUp = 1000;
    private Map<String, Layout> layouts = Map.of();

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

    /** Counts and logs what can't be read; by default one whose meters are bound nowhere. */
    public Builder skipped(SkippedInstances reports) {
      this.skipped = reports;
      return this;
    }

    /**
     * Ends the watch of a service without subscribers some time after its last look-up; 10 minutes
     * by default, {@link Duration#ZERO} for never.
     */
    public Builder unwatchAfter(Duration time) {
      check(
          !time.isNegative(), "platform.discovery.unwatch-after", time.toMillis() + "ms", ">= 0s");
      this.idle = time;
      return this;
    }

    /** How many services without subscribers are watched at once; 1000 by default. */
    public Builder maxLookedUp(int services) {
      check(services >= 1, "platform.discovery.max-looked-up", services, ">= 1");
      this.maxLookedUp = services;
      return this;
    }

    /**
     * The services whose keys have the layout of a framework; by default all have the platform's.
     */
    public Builder layouts(Map<String, Layout> byService) {
      byService
          .keySet()
          .forEach(
              service ->
                  check(
                      InstanceCodec.isServiceName(service),
                      "platform.discovery.layouts",
                      Printable.of(service),
                      "the name of a service, without a slash"));
      this.layouts = Map.copyOf(byService);
      return this;
    }

    /**
     * @throws dev.platform.core.InvalidPropertyException for an invalid setting
     */
    public InstanceDirectory build() {
      return new InstanceDirectory(this);
    }

    private Snapshots snapshots() {
      DiscoverySettings.Snapshot snapshot = settings.snapshot();
      if (!snapshot.enabled()) {
        return Snapshots.none();
      }
      String source = endpoints + codec.root();
      String folder = UUID.nameUUIDFromBytes(source.getBytes(StandardCharsets.UTF_8)).toString();
      Path directory = snapshot.directoryOrDefault(System.getenv());
      return Snapshots.in(
          new SnapshotFiles(
              directory.resolve(folder),
              snapshot.directory() == null ? new PrivateDirectory(directory) : null,
              codec.details(),
              snapshot.maxAge(),
              clock),
          threads);
    }
  }

  /** Ends a subscription. No list is published once it has run on the connection's thread. */
  @FunctionalInterface
  public interface Subscription {

    /** Idempotent. */
    void cancel();
  }

  /**
   * The list known now; the service is watched from here on. Nothing is known of a service whose
   * name can't be one.
   */
  public InstanceList latest(String serviceId) {
    return services.lookUp(serviceId).latest();
  }

  /** Completes with the service's first list, at once if there is one; never exceptionally. */
  public CompletableFuture<InstanceList> firstList(String serviceId) {
    return services.lookUp(serviceId).firstList().copy();
  }

  /** The list known now, if the service is watched; does not count as a look-up. */
  Optional<InstanceList> peek(String serviceId) {
    return services.find(serviceId).map(ServiceWatch::latest);
  }

  /**
   * Publishes the latest list, if any, and every later one, in order, on one thread that must not
   * be blocked.
   */
  public Subscription subscribe(String serviceId, Consumer<InstanceList> subscriber) {
    return services.subscribe(serviceId, subscriber);
  }

  /** Notified of each service that is watched now or later, and of each that no longer is. */
  void addListener(WatchedServices.Listener listener) {
    services.addListener(listener);
  }

  /**
   * Calls the listener with the list of a watched service, now and after each change, for as long
   * as others have it watched; on one thread that must not be blocked.
   */
  void observe(String serviceId, Consumer<InstanceList> observer) {
    services.find(serviceId).ifPresent(watch -> watch.subscribe(observer));
  }

  /**
   * Calls the listener after services have appeared or disappeared, from the first call of {@link
   * #serviceIds} on; on one thread that must not be blocked. Register it before that call.
   */
  void onServiceIdsChanged(Runnable listener) {
    followed.onChange(listener);
  }

  /** The lists of all watched services. */
  public List<InstanceList> watched() {
    return services.all().stream().map(ServiceWatch::latest).toList();
  }

  /** Whether the service's list follows etcd at this moment. */
  public boolean isFollowing(String serviceId) {
    return services.find(serviceId).map(ServiceWatch::isWatching).orElse(false);
  }

  /**
   * The names of all services in etcd, at most 10,000, and of those that have the layout of a
   * framework; the last known ones while etcd is unavailable.
   */
  public CompletableFuture<List<String>> serviceIds() {
    followed.start();
    return layouts.isEmpty() ? names.read() : names.read().thenApply(this::withForeign);
  }

  private List<String> withForeign(List<String> names) {
    Set<String> all = new TreeSet<>(names);
    layouts.forEach(
        (service, layout) -> {
          if (layout != Layout.PLATFORM) {
            all.add(service);
          }
        });
    return List.copyOf(all);
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

  private ServiceWatch newWatch(String serviceId) {
    InstanceCodec layout = codec.in(layouts.getOrDefault(serviceId, Layout.PLATFORM));
    return new ServiceWatch(
        serviceId,
        connection,
        layout,
        clock,
        new Backoff(MAX_BACKOFF, random),
        settings.hold(),
        snapshots,
        new ListedValues(serviceId, layout, skipped.report(serviceId, Reason.MALFORMED)));
  }
}
