package dev.platform.core.discovery;

import com.google.protobuf.ByteString;
import dev.platform.core.instance.Instance;
import dev.platform.core.instance.InstanceCodec;
import dev.platform.core.instance.Printable;
import dev.platform.core.instance.SkippedInstances;
import io.etcd.jetcd.api.KeyValue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Turns what anybody has put below the prefix of one service into instances: keys and values of
 * bounded size, and a bounded number of instances. What can't be read is reported once. On the
 * connection's thread.
 */
final class ListedValues {

  /** What one service may have; a list of more is cut off. */
  static final int MAX_INSTANCES = 20_000;

  /** A service, a namespace and a host name fit well. */
  private static final int MAX_KEY_BYTES = 1024;

  private static final int MAX_SKIPPED = 10_000;

  private final String serviceId;
  private final InstanceCodec codec;
  private final SkippedInstances.Report report;
  private final Map<String, String> skipped = new LinkedHashMap<>();
  private boolean changed;

  ListedValues(String serviceId, InstanceCodec codec, SkippedInstances.Report report) {
    this.serviceId = serviceId;
    this.codec = codec;
    this.report = report;
  }

  /** A list begins that has everything. */
  void clear() {
    skipped.clear();
    changed = true;
  }

  /**
   * The instance of a key.
   *
   * @param listed how many instances are listed already
   */
  Optional<Instance> read(KeyValue kv, int listed) {
    ByteString key = kv.getKey();
    if (!isReadable(key)) {
      skip(name(key), "the key (expected: text of at most " + MAX_KEY_BYTES + " bytes)");
      return Optional.empty();
    }
    if (listed >= MAX_INSTANCES) {
      skip("…", "more than %d instances".formatted(MAX_INSTANCES));
      return Optional.empty();
    }
    try {
      Instance instance = codec.read(serviceId, kv.getValue());
      forget(key);
      return Optional.of(instance);
    } catch (IllegalArgumentException e) {
      skip(name(key), String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  /** Whether the value is nothing but an address. */
  boolean isBare(KeyValue kv) {
    return codec.isBare(kv.getValue());
  }

  /** The key of a deleted instance, whose value does not matter any more. */
  void forget(ByteString key) {
    if (!skipped.isEmpty() && skipped.remove(name(key)) != null) {
      changed = true;
    }
  }

  /** Reports what is skipped now, if that has changed. */
  void report() {
    if (changed) {
      changed = false;
      report.update(skipped);
    }
  }

  static boolean isReadable(ByteString key) {
    return key.size() <= MAX_KEY_BYTES && key.isValidUtf8();
  }

  /** The keys of a page that are text of a bounded size. */
  static List<String> readable(List<KeyValue> page) {
    return page.stream()
        .map(KeyValue::getKey)
        .filter(ListedValues::isReadable)
        .map(ByteString::toStringUtf8)
        .toList();
  }

  private void skip(String key, String reason) {
    if (skipped.size() < MAX_SKIPPED && skipped.put(key, reason) == null) {
      changed = true;
    }
  }

  private static String name(ByteString key) {
    return Printable.of(key.substring(0, Math.min(key.size(), MAX_KEY_BYTES)).toStringUtf8());
  }
}
