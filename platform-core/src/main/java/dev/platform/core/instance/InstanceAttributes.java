package dev.platform.core.instance;

import io.grpc.Attributes;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Attributes of a resolved address: the instance's metadata, for load balancers. */
public final class InstanceAttributes {

  /** Unique for each start of a process; absent if the instance has none. */
  public static final Attributes.Key<String> INSTANCE_ID = key("instance-id");

  /** The instance's zone; absent if it has none. */
  public static final Attributes.Key<String> ZONE = key("zone");

  /** The instance's version; absent if it has none. */
  public static final Attributes.Key<String> VERSION = key("version");

  /** Its share of calls; by default 100. */
  public static final Attributes.Key<Integer> WEIGHT =
      Attributes.Key.create("dev.platform.instance.weight");

  /** All of its metadata. */
  public static final Attributes.Key<Map<String, String>> METADATA =
      Attributes.Key.create("dev.platform.instance.metadata");

  private InstanceAttributes() {}

  /** The attributes of an instance. */
  public static Attributes of(Instance instance) {
    Attributes.Builder attributes =
        Attributes.newBuilder().set(METADATA, instance.metadata()).set(WEIGHT, instance.weight());
    set(attributes, INSTANCE_ID, instance.id());
    set(attributes, ZONE, instance.zone());
    set(attributes, VERSION, instance.version());
    return attributes.build();
  }

  private static void set(
      Attributes.Builder attributes, Attributes.Key<String> key, @Nullable String value) {
    if (value != null) {
      attributes.set(key, value);
    }
  }

  private static Attributes.Key<String> key(String name) {
    return Attributes.Key.create("dev.platform.instance." + name);
  }
}
