package dev.platform.core.discovery;

import com.google.protobuf.ByteString;
import dev.platform.core.etcd.EtcdConnection;
import dev.platform.core.etcd.EtcdRange;
import dev.platform.core.etcd.KeyRange;
import dev.platform.core.instance.HostAndPort;
import dev.platform.core.instance.Instance;
import io.etcd.jetcd.api.KeyValue;
import io.grpc.Status;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All instances of one service at one revision. On the connection's thread. */
final class ServiceListing implements EtcdRange.Reader {

  private static final Logger log = LoggerFactory.getLogger(ServiceListing.class);
  private static final int PAGE = 1000;

  /** So many keys are read, whatever they are. */
  private static final int MAX_KEYS = 100_000;

  private final String serviceId;
  private final ListedValues values;
  private final Consumer<ServiceListing> onListed;
  private final Runnable onFailure;
  private final TreeMap<String, Instance> up = new TreeMap<>();
  private final Set<String> outOfService = new HashSet<>();
  private final Map<String, HostAndPort> bare = new HashMap<>();
  private int keys;
  private long revision;

  private ServiceListing(
      String serviceId,
      ListedValues values,
      Consumer<ServiceListing> onListed,
      Runnable onFailure) {
    this.serviceId = serviceId;
    this.values = values;
    this.onListed = onListed;
    this.onFailure = onFailure;
  }

  /** Reads page by page; calls one of the two when that is done. */
  static void read(
      EtcdConnection connection,
      KeyRange range,
      String serviceId,
      ListedValues values,
      Consumer<ServiceListing> onListed,
      Runnable onFailure) {
    values.clear();
    EtcdRange.read(
        connection, range, false, PAGE, new ServiceListing(serviceId, values, onListed, onFailure));
  }

  /** By key. */
  TreeMap<String, Instance> up() {
    return up;
  }

  /** The keys of instances that are deregistering, or out of service. */
  Set<String> outOfService() {
    return outOfService;
  }

  /** The addresses of values that have nothing else, by key. */
  Map<String, HostAndPort> bare() {
    return bare;
  }

  /** Adds what the second keys of such instances say. */
  void addDetails(Map<HostAndPort, Instance> details) {
    bare.forEach(
        (key, address) -> {
          Instance detailed = details.get(address);
          if (detailed != null && detailed.isUp()) {
            up.put(key, detailed);
          } else if (detailed != null) {
            up.remove(key);
            outOfService.add(key);
          }
        });
  }

  long revision() {
    return revision;
  }

  @Override
  public @Nullable ByteString page(List<KeyValue> page) {
    page.forEach(this::add);
    keys += page.size();
    if (keys >= MAX_KEYS) {
      log.warn("{}: there are {} keys or more; the rest is not read", serviceId, MAX_KEYS);
      return null;
    }
    return EtcdRange.after(page);
  }

  private void add(KeyValue kv) {
    values
        .read(kv, up.size())
        .ifPresent(
            instance -> {
              String key = kv.getKey().toStringUtf8();
              if (values.isBare(kv)) {
                bare.put(key, instance.address());
              }
              if (instance.isUp()) {
                up.put(key, instance);
              } else {
                outOfService.add(key);
              }
            });
  }

  @Override
  public void done(long atRevision) {
    revision = atRevision;
    onListed.accept(this);
  }

  @Override
  public void failed(Status failure) {
    onFailure.run();
  }
}
