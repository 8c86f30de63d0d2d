package dev.platform.core.registry;

import dev.platform.core.instance.Instance;
import dev.platform.core.instance.InstanceCodec;
import dev.platform.core.instance.Layout;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A key that this process keeps in etcd.
 *
 * @param value what is put
 * @param leavingValue the value to put just before the key is deleted, so that watchers can
 *     distinguish a deregistration from an expiry; null where the value has no place for it. Such
 *     keys are deleted first, while the marks of others can still be read
 * @param stillOurs whether the claimed address is certainly this process's own; decides what
 *     happens when another process has put the key
 */
public record Claim(
    String key, String value, @Nullable String leavingValue, BooleanSupplier isOwnAddress) {

  /**
   * The keys of an instance in each layout: one, and another with its details if a value has
   * nothing but its address.
   *
   * @param codec for the platform's own layout
   */
  public static List<Claim> of(
      InstanceCodec codec, Set<Layout> layouts, Instance instance, BooleanSupplier isOwnAddress) {
    Map<String, Claim> claims = new LinkedHashMap<>();
    for (Layout layout : EnumSet.copyOf(layouts)) {
      InstanceCodec in = codec.in(layout);
      put(claims, in, instance, isOwnAddress);
      if (in.isBare()) {
        put(claims, in.details(), instance, isOwnAddress);
      }
    }
    return List.copyOf(claims.values());
  }

  private static void put(
      Map<String, Claim> claims,
      InstanceCodec codec,
      Instance instance,
      BooleanSupplier isOwnAddress) {
    String key = codec.key(instance);
    claims.put(
        key, new Claim(key, codec.value(instance), codec.leavingValue(instance), isOwnAddress));
  }

  /** How many keys each instance has. */
  public static int keys(InstanceCodec codec, Set<Layout> layouts) {
    long bare = layouts.stream().filter(layout -> codec.in(layout).isBare()).count();
    return layouts.size() + (bare > 0 ? 1 : 0);
  }
}
