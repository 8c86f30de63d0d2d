package dev.platform.boot4;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.bind.Name;
import org.springframework.boot.convert.DurationUnit;
import org.springframework.core.env.Environment;

/**
 * A channel's settings under {@code spring.grpc.client.channel}. Spring's own type does not
 * distinguish set values from defaults, and ignores the entry {@code default} for a channel with an
 * entry of its own.
 */
final class ChannelSettings {

  static final String DEFAULT = "default";

  private static final String PREFIX = "spring.grpc.client.channel";
  private static final Pattern SIMPLE = Pattern.compile("[a-z0-9][a-z0-9-]*");
  private static final Entry NOTHING =
      new Entry(null, new Defaults(null), new Idle(null), new Keepalive(null, null, null));

  private final Entry own;
  private final Entry fallback;

  private ChannelSettings(Entry own, Entry fallback) {
    this.own = own;
    this.fallback = fallback;
  }

  /** Null if not set. */
  record Entry(
      @Nullable String target,
      @Name(DEFAULT) @DefaultValue Defaults defaults,
      @DefaultValue Idle idle,
      @DefaultValue Keepalive keepalive) {}

  record Defaults(@Nullable String loadBalancingPolicy) {}

  record Idle(@DurationUnit(ChronoUnit.SECONDS) @Nullable Duration timeout) {}

  record Keepalive(
      @DurationUnit(ChronoUnit.SECONDS) @Nullable Duration time,
      @DurationUnit(ChronoUnit.SECONDS) @Nullable Duration timeout,
      @Nullable Boolean withoutCalls) {}

  static ChannelSettings of(String channel, Environment environment) {
    Map<String, Entry> all =
        Binder.get(environment)
            .bind(PREFIX, Bindable.mapOf(String.class, Entry.class))
            .orElse(Map.of());
    return new ChannelSettings(
        all.getOrDefault(channel, NOTHING), all.getOrDefault(DEFAULT, NOTHING));
  }

  /** The channels with an entry, {@code default} among them. */
  static Set<String> names(Environment environment) {
    return new TreeSet<>(
        Binder.get(environment)
            .bind(PREFIX, Bindable.mapOf(String.class, Object.class))
            .orElse(Map.of())
            .keySet());
  }

  /** The full name of a channel's property. */
  static String name(String channel, String property) {
    String key = SIMPLE.matcher(channel).matches() ? "." + channel : "[" + channel + "]";
    return PREFIX + key + "." + property;
  }

  /** Its own target; null if not set. */
  @Nullable String target() {
    return own.target();
  }

  /** Uses its own value, else that of {@code default}, if there is one. */
  <V> void use(Function<Entry, @Nullable V> setting, Consumer<V> consumer) {
    V set = setting.apply(own);
    V used = set == null ? setting.apply(fallback) : set;
    if (used != null) {
      consumer.accept(used);
    }
  }
}
