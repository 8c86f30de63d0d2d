package dev.platform.core.instance;

import com.google.common.net.InetAddresses;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Makes an {@link Instance} of what others say about one, whoever they are: sizes, counts and
 * characters are bounded. Thread-safe, never blocks.
 */
public final class InstanceReader {

  /** The longest name in DNS. */
  private static final int MAX_HOST = 253;

  private static final int MAX_KEY = 256;
  private static final int MAX_VALUE = 4096;
  private static final int MAX_ENTRIES = 128;
  private static final int MAX_METADATA = 32 * 1024;

  /** With underscores, which are usual in names of containers. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]*");

  /** Read first, so that others can't displace them. */
  private static final List<String> WELL_KNOWN =
      List.of(
          InstanceMetadata.INSTANCE_ID,
          InstanceMetadata.STATUS,
          InstanceMetadata.TLS,
          InstanceMetadata.ZONE,
          InstanceMetadata.VERSION,
          InstanceMetadata.WEIGHT,
          InstanceMetadata.GRPC_PORT,
          InstanceMetadata.HTTP_PORT,
          InstanceMetadata.STARTED_AT);

  private InstanceReader() {}

  /**
   * The instance at this address.
   *
   * @param host a host name or an IP address, without brackets
   * @param metadata null for none; null keys and values, and entries that are too large or too many
   *     (128 entries, 256 characters a key, 4096 a value, 32768 in all), are left out
   * @throws IllegalArgumentException for an address that can't be one, with a message for a log
   *     line
   */
  public static Instance read(
      String serviceId,
      @Nullable String host,
      int port,
      @Nullable Map<? extends @Nullable String, ? extends @Nullable String> metadata) {
    return new Instance(serviceId, address(host, port), metadata(metadata));
  }

  /**
   * An address with a valid port and a host that may be a name or an IP address.
   *
   * @throws IllegalArgumentException for another, with a message for a log line
   */
  public static HostAndPort address(@Nullable String host, int port) {
    if (host == null || !isHost(host)) {
      throw new IllegalArgumentException(
          "host: %s (expected: a host name or an IP address)".formatted(Printable.of(host)));
    }
    if (!isPort(port)) {
      throw new IllegalArgumentException("port: %d (expected: 1 to 65535)".formatted(port));
    }
    return new HostAndPort(host, port);
  }

  /** Whether {@link #address} accepts it. */
  public static boolean isAddress(HostAndPort address) {
    return isHost(address.host()) && isPort(address.port());
  }

  private static boolean isHost(String host) {
    return host.length() <= MAX_HOST
        && (NAME.matcher(host).matches() || InetAddresses.isInetAddress(host));
  }

  private static boolean isPort(int port) {
    return port >= 1 && port <= 65535;
  }

  /**
   * A port from metadata.
   *
   * @throws IllegalArgumentException for text that is none, with a message for a log line
   */
  public static int port(String key, String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "%s: %s (expected: a port)".formatted(key, Printable.of(text)), e);
    }
  }

  private static Map<String, String> metadata(
      @Nullable Map<? extends @Nullable String, ? extends @Nullable String> given) {
    if (given == null) {
      return Map.of();
    }
    Bounded bounded = new Bounded();
    for (Map.Entry<? extends @Nullable String, ? extends @Nullable String> entry :
        given.entrySet()) {
      String key = entry.getKey();
      if (key != null && WELL_KNOWN.contains(key)) {
        bounded.add(key, entry.getValue());
      }
    }
    for (Map.Entry<? extends @Nullable String, ? extends @Nullable String> entry :
        given.entrySet()) {
      if (bounded.isFull()) {
        break;
      }
      bounded.add(entry.getKey(), entry.getValue());
    }
    return bounded.entries;
  }

  private static final class Bounded {

    private final Map<String, String> entries = new LinkedHashMap<>();
    private int size;

    boolean isFull() {
      return entries.size() == MAX_ENTRIES;
    }

    void add(@Nullable String key, @Nullable String value) {
      if (key == null
          || value == null
          || key.length() > MAX_KEY
          || value.length() > MAX_VALUE
          || size + key.length() + value.length() > MAX_METADATA
          || entries.putIfAbsent(key, value) != null) {
        return;
      }
      size += key.length() + value.length();
    }
  }
}
