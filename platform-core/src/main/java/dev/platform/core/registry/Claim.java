package dev.platform.core.registry;

import dev.platform.core.instance.Instance;
import dev.platform.core.instance.InstanceCodec;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A key that is to stand in etcd for as long as this process is there.
 *
 * @param value what is put
 * @param leavingValue what is put for a moment before the key is deleted, so that watchers can tell
 *     a departure from an expiry; null where the value's format can't say it
 * @param stillOurs whether the claimed address is certainly this process's own; decides what
 *     happens when somebody else has put the key
 */
public record Claim(
    String key, String value, @Nullable String leavingValue, BooleanSupplier stillOurs) {

  /** The key of an instance, in the codec's format. */
  public static Claim of(InstanceCodec codec, Instance instance, BooleanSupplier stillOurs) {
    return new Claim(
        codec.key(instance), codec.value(instance), codec.leavingValue(instance), stillOurs);
  }
}
