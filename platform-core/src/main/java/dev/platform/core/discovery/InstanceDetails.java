package dev.platform.core.discovery;

import com.google.protobuf.ByteString;
import dev.platform.core.etcd.EtcdConnection;
import dev.platform.core.etcd.EtcdRange;
import dev.platform.core.etcd.KeyRange;
import dev.platform.core.instance.HostAndPort;
import dev.platform.core.instance.Instance;
import dev.platform.core.instance.InstanceCodec;
import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.RangeRequest;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The second keys of one service's instances, which have the metadata and the marks of those whose
 * first key has nothing but an address. They are read when an address appears, and when it
 * disappears: from the revision before, which shows whether it was marked. So there is no second
 * watch, whose events could come too late. On the connection's thread.
 */
final class InstanceDetails {

  private static final Logger log = LoggerFactory.getLogger(InstanceDetails.class);
  private static final int PAGE = 1000;
  private static final int MAX_KEYS = 100_000;

  private final EtcdConnection connection;
  private final InstanceCodec codec;
  private final InstanceCodec details;
  private final String serviceId;

  /** The addresses of first keys that have nothing else, by key. */
  private final Map<String, HostAndPort> bare = new HashMap<>();

  private boolean warned;
  private boolean incomplete;

  InstanceDetails(EtcdConnection connection, InstanceCodec codec, String serviceId) {
    this.connection = connection;
    this.codec = codec;
    this.details = codec.details();
    this.serviceId = serviceId;
  }

  /**
   * What the second keys say about these addresses. Calls one of the two back, at once if there are
   * no addresses.
   */
  void of(
      Set<HostAndPort> addresses, Consumer<Map<HostAndPort, Instance>> then, Runnable onFailure) {
    if (addresses.isEmpty()) {
      then.accept(Map.of());
      return;
    }
    Map<HostAndPort, Instance> found = new HashMap<>();
    KeyRange range = KeyRange.prefix(details.prefix(serviceId));
    EtcdRange.readOptional(
        connection,
        range,
        PAGE,
        new EtcdRange.Reader() {
          private int keys;

          @Override
          public @Nullable ByteString page(List<KeyValue> page) {
            for (KeyValue kv : page) {
              read(kv)
                  .filter(instance -> addresses.contains(instance.address()))
                  .ifPresent(instance -> found.put(instance.address(), instance));
            }
            keys += page.size();
            return keys < MAX_KEYS ? EtcdRange.after(page) : null;
          }

          @Override
          public void done(long revision) {
            then.accept(found);
          }

          @Override
          public void failed(Status failure) {
            if (isRefused(failure)) {
              then.accept(Map.of());
            } else {
              onFailure.run();
            }
          }
        });
  }

  /** What was listed replaces what was known before, but for instances that are missing now. */
  void listed(Map<String, HostAndPort> addresses, Collection<String> missing) {
    incomplete = false;
    bare.keySet().retainAll(missing);
    bare.putAll(addresses);
  }

  /**
   * What the second keys say about each of these events: those of puts at this moment, those of
   * deletions at the revision before. Calls back once, at once if none is needed.
   */
  void of(List<Event> events, Consumer<List<Optional<Instance>>> then) {
    new Lookups(events, then).next();
  }

  /** The address to look up for an event; null for none. */
  private @Nullable HostAndPort address(Event event) {
    KeyValue kv = event.getKv();
    if (event.getType() == Event.EventType.DELETE) {
      return bare.get(key(event));
    }
    if (!codec.isBare(kv.getValue())) {
      return null;
    }
    try {
      return codec.read(serviceId, kv.getValue()).address();
    } catch (IllegalArgumentException e) {
      return null; // It is skipped, and reported, when the event is applied.
    }
  }

  private Optional<Instance> read(KeyValue kv) {
    try {
      return Optional.of(details.read(serviceId, kv.getValue()));
    } catch (IllegalArgumentException e) {
      log.debug("{}: details that can't be read: {}", serviceId, e.getMessage());
      return Optional.empty();
    }
  }

  /** Whether this user may not read second keys, and has to do without them. */
  private boolean isRefused(Status failure) {
    boolean refused = EtcdConnection.isNotPermitted(failure);
    if (refused && !warned) {
      warned = true;
      log.warn(
          "{}: the etcd user may not read {}: instances that have nothing but an address are used"
              + " without their metadata",
          serviceId,
          details.prefix(serviceId));
    }
    return refused;
  }

  /** Whether some could not be read since the last list, so that it has to be read again. */
  boolean isIncomplete() {
    return incomplete;
  }

  /** One after the other: events of many instances at once do not flood etcd. */
  private final class Lookups {

    private final List<Event> events;
    private final Consumer<List<Optional<Instance>>> then;
    private final List<Optional<Instance>> found = new ArrayList<>();

    Lookups(List<Event> events, Consumer<List<Optional<Instance>>> then) {
      this.events = events;
      this.then = then;
    }

    void next() {
      while (found.size() < events.size()) {
        Event event = events.get(found.size());
        HostAndPort address = address(event);
        if (address != null) {
          lookUp(event, address);
          return;
        }
        bare.remove(key(event));
        found.add(Optional.empty());
      }
      then.accept(found);
    }

    private void lookUp(Event event, HostAndPort address) {
      boolean deleted = event.getType() == Event.EventType.DELETE;
      if (deleted) {
        bare.remove(key(event));
      } else {
        bare.put(key(event), address);
      }
      RangeRequest key =
          RangeRequest.newBuilder()
              .setKey(ByteString.copyFromUtf8(details.prefix(serviceId) + address))
              .setRevision(deleted ? event.getKv().getModRevision() - 1 : 0)
              .build();
      connection.hedge(
          () -> connection.optionalKv().range(key),
          answer -> {
            found.add(
                answer.getKvsList().stream()
                    .findFirst()
                    .flatMap(kv -> read(kv))
                    .filter(instance -> instance.address().equals(address)));
            next();
          },
          failure -> {
            incomplete |= !deleted && !isRefused(failure);
            found.add(Optional.empty());
            next();
          });
    }
  }

  private static String key(Event event) {
    return event.getKv().getKey().toStringUtf8();
  }
}
