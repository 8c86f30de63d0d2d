package dev.platform.core.registry;

import dev.platform.core.instance.Instance;
import dev.platform.core.instance.InstanceCodec;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A key that this process keeps in etcd.
 *
 * @param value what is put
 * @param leavingValue the value to put just before the key is deleted, so that watchers can
 *     distinguish a deregistration from an expiry; null where the value format has none
 * @param stillOurs whether the claimed address is certainly this process's own; decides what
 *     happens when another process has put the key
 */
public record Claim(
    String key, String value, @Nullable String leavingValue, BooleanSupplier isOwnAddress) {

  /** The key of an instance, in the codec's format. */
  public static Claim of(InstanceCodec codec, Instance instance, BooleanSupplier isOwnAddress) {
    return new Claim(
        codec.key(instance), codec.value(instance), codec.leavingValue(instance), isOwnAddress);
  }
}
