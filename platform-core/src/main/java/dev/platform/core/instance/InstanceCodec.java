package dev.platform.core.instance;

import static dev.platform.core.InvalidPropertyException.check;

import com.google.common.hash.Hashing;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.protobuf.ByteString;
import dev.platform.core.InvalidPropertyException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Encodes instances as etcd keys and values, and decodes them, in the {@link Layout} of a
 * framework. The platform's own is {@code <namespace>/services/<service>/<host>:<port>}, whose
 * values are read in both {@linkplain ValueFormat formats}.
 *
 * <p>Where a value is nothing but an address, this platform's instances have a second key, {@code
 * <namespace>/instances/<service>/<host>:<port>}: their {@linkplain #details details}, in the
 * format with metadata. Thread-safe.
 */
public final class InstanceCodec {

  private static final String SERVICES = "/services/";
  private static final String DETAILS = "/instances/";
  private static final String KRATOS = "/microservices/";
  private static final Pattern NAMESPACE = Pattern.compile("|/?[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*");

  /** What a registry's value may have, written and read. */
  private static final int MAX_VALUE_BYTES = 64 << 10;

  private static final Pattern SERVICE =
      Pattern.compile("[^/\\p{Cntrl}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]{1,255}");

  private final String namespace;
  private final Layout layout;
  private final ValueFormat format;
  private final String root;

  /**
   * The platform's own layout.
   *
   * @param namespace the prefix of every key, such as {@code /staging}; may be empty
   * @param format the format of values
   * @throws InvalidPropertyException for an invalid namespace
   */
  public InstanceCodec(String namespace, ValueFormat format) {
    this(absolute(namespace), Layout.PLATFORM, format, SERVICES);
  }

  private InstanceCodec(String namespace, Layout layout, ValueFormat format, String root) {
    this.namespace = namespace;
    this.layout = layout;
    this.format = format;
    this.root = namespace + root;
  }

  private static String absolute(String namespace) {
    checkNamespace(namespace);
    return (namespace.isEmpty() || namespace.startsWith("/") ? "" : "/") + namespace;
  }

  /**
   * The same namespace in another layout; that of the platform keeps its format. A namespace is
   * before the frameworks' keys, too: {@code /staging/microservices/…}, {@code
   * /staging/<service>/…}.
   */
  public InstanceCodec in(Layout other) {
    if (other == layout) {
      return this;
    }
    return switch (other) {
      case PLATFORM -> new InstanceCodec(namespace, format);
      case GO_ZERO ->
          new InstanceCodec(namespace, other, ValueFormat.ADDRESS, namespace.isEmpty() ? "" : "/");
      case KRATOS -> new InstanceCodec(namespace, other, ValueFormat.GRPC, KRATOS);
    };
  }

  /** The second keys of the same namespace, in the platform's format with metadata. */
  public InstanceCodec details() {
    return new InstanceCodec(namespace, Layout.PLATFORM, ValueFormat.GRPC, DETAILS);
  }

  /** Whether it writes nothing but addresses, so that instances need {@link #details}. */
  public boolean isBare() {
    return format == ValueFormat.ADDRESS;
  }

  /** Whether what somebody has put is nothing but an address, which may have {@link #details}. */
  public boolean isBare(ByteString value) {
    return layout != Layout.KRATOS && !value.isEmpty() && value.byteAt(0) != '{';
  }

  /**
   * @throws InvalidPropertyException for an invalid namespace
   */
  public static void checkNamespace(String namespace) {
    check(
        NAMESPACE.matcher(namespace).matches(),
        "platform.etcd.namespace",
        namespace,
        "a path such as /staging, without a slash at its end");
  }

  /**
   * Whether a service can have this name: 1 to 255 characters, without a slash and without what is
   * not visible.
   */
  public static boolean isServiceName(String name) {
    return SERVICE.matcher(name).matches() && !name.isBlank();
  }

  /** The prefix of all keys of all services. */
  public String root() {
    return root;
  }

  /** The prefix of all keys of one service. */
  public String prefix(String serviceId) {
    return root + serviceId + "/";
  }

  /** An instance's key. */
  public String key(Instance instance) {
    return prefix(instance.serviceId())
        + switch (layout) {
          case PLATFORM -> instance.address();
          case GO_ZERO -> number(instance.address());
          case KRATOS -> instance.id();
        };
  }

  /** A positive number that this address always has, and hardly any other. */
  private static long number(HostAndPort address) {
    long hash = Hashing.sha256().hashString(address.toString(), StandardCharsets.UTF_8).asLong();
    return Math.max(1, hash & Long.MAX_VALUE);
  }

  /** The service that a key below {@link #root} belongs to; empty for a key of another shape. */
  public Optional<String> serviceOf(String key) {
    int slash = key.startsWith(root) ? key.indexOf('/', root.length()) : -1;
    return slash < 0
        ? Optional.empty()
        : Optional.of(key.substring(root.length(), slash)).filter(InstanceCodec::isServiceName);
  }

  /**
   * An instance's value.
   *
   * @throws IllegalArgumentException if its metadata is larger than others read: 64 KiB in all
   */
  public String value(Instance instance) {
    String value = write(instance);
    int bytes = ByteString.copyFromUtf8(value).size();
    if (bytes > MAX_VALUE_BYTES) {
      throw new IllegalArgumentException(
          "The value of %s has %d bytes (expected: at most %d; less metadata)"
              .formatted(instance.serviceId(), bytes, MAX_VALUE_BYTES));
    }
    return value;
  }

  private String write(Instance instance) {
    if (layout == Layout.KRATOS) {
      return KratosValues.write(instance);
    }
    return isBare() ? instance.address().toString() : GrpcValues.write(instance);
  }

  /**
   * The value that marks an instance as out of service for watchers of its key; null where the
   * format has none.
   */
  public @Nullable String leavingValue(Instance instance) {
    return isBare() ? null : value(instance.outOfService());
  }

  /**
   * The instance of a value that someone has put. Never more than 64 KiB are read, and the bounds
   * of {@link InstanceReader} hold.
   *
   * @throws IllegalArgumentException for a value that can't be read, with a message for a log line
   */
  public Instance read(String serviceId, ByteString value) {
    if (value.size() > MAX_VALUE_BYTES) {
      throw new IllegalArgumentException(
          "%d bytes (expected: at most %d)".formatted(value.size(), MAX_VALUE_BYTES));
    }
    String text = value.toStringUtf8();
    if (layout == Layout.KRATOS) {
      JsonObject object = object(text);
      return instance(serviceId, KratosValues.address(object), KratosValues.metadata(object));
    }
    if (text.startsWith("{")) {
      JsonObject object = object(text);
      return instance(serviceId, GrpcValues.address(object), GrpcValues.metadata(object));
    }
    return instance(serviceId, text.trim(), Map.of());
  }

  private static JsonObject object(String text) {
    try {
      return Json.readObject(text);
    } catch (JsonParseException e) {
      throw new IllegalArgumentException(
          "%s is not JSON: %s".formatted(Printable.of(text), Printable.of(e.getMessage())), e);
    }
  }

  private static Instance instance(String serviceId, String address, Map<String, String> metadata) {
    HostAndPort parsed;
    try {
      parsed = HostAndPort.parse(address);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "address: %s (expected: host:port or [address]:port)".formatted(Printable.of(address)),
          e);
    }
    return InstanceReader.read(serviceId, parsed.host(), parsed.port(), metadata);
  }
}
