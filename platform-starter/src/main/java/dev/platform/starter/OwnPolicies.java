package dev.platform.starter;

import java.util.Map;
import java.util.Optional;
import net.devh.boot.grpc.client.config.GrpcChannelsProperties;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/**
 * The load-balancing policies that are set for single channels, or for all in {@code GLOBAL}.
 * net.devh's properties have {@code round_robin} both where it is set and where nothing is.
 */
final class OwnPolicies {

  private static final String NET_DEVHS_DEFAULT = "round_robin";

  private final GrpcChannelsProperties channels;
  private final Environment environment;

  record Entry(@Nullable String defaultLoadBalancingPolicy) {}

  OwnPolicies(GrpcChannelsProperties channels, Environment environment) {
    this.channels = channels;
    this.environment = environment;
  }

  /** The policy of this channel's own; empty for the platform's. */
  Optional<String> of(String channel) {
    // Also set by code, in the bean of net.devh's properties.
    String used = channels.getChannel(channel).getDefaultLoadBalancingPolicy();
    if (!used.equals(NET_DEVHS_DEFAULT)) {
      return Optional.of(used);
    }
    Map<String, Entry> entries =
        Binder.get(environment)
            .bind("grpc.client", Bindable.mapOf(String.class, Entry.class))
            .orElse(Map.of());
    return isSet(entries.get(channel))
            || isSet(entries.get(GrpcChannelsProperties.GLOBAL_PROPERTIES_KEY))
        ? Optional.of(used)
        : Optional.empty();
  }

  private static boolean isSet(@Nullable Entry entry) {
    return entry != null && entry.defaultLoadBalancingPolicy() != null;
  }
}
