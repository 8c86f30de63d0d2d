package dev.platform.boot4;

import dev.platform.core.call.DiscoveredCalls;
import java.util.regex.Pattern;
import org.springframework.core.env.Environment;
import org.springframework.grpc.client.VirtualTargets;

/**
 * The target of a channel: the configured one; else a name that is neither an address nor a target
 * is a service's name, and is resolved by discovery.
 */
final class DiscoveredTargets implements VirtualTargets {

  /** Spring's default, for the channel without a service's name. */
  private static final String DEFAULT_TARGET = "localhost:9090";

  private static final Pattern SERVICE = Pattern.compile("[\\w.-]+");

  /** Spring's own schemes for addresses. */
  private static final Pattern STATIC = Pattern.compile("^(?:static|tcp):/*");

  private final Environment environment;

  DiscoveredTargets(Environment environment) {
    this.environment = environment;
  }

  /** Whether it is a client with a name, and with a target that is not resolved by discovery. */
  static boolean isNamedClient(String channel, Environment environment) {
    return !channel.equals(ChannelSettings.DEFAULT)
        && SERVICE.matcher(channel).matches()
        && !isDiscovered(channel, environment);
  }

  /** Whether the channel's target is resolved by discovery. */
  static boolean isDiscovered(String channel, Environment environment) {
    return DiscoveredCalls.isDiscovered(new DiscoveredTargets(environment).getTarget(channel));
  }

  @Override
  public String getTarget(String channel) {
    String configured = ChannelSettings.of(channel, environment).target();
    if (configured == null && channel.equals(ChannelSettings.DEFAULT)) {
      return DEFAULT_TARGET;
    }
    String target = environment.resolvePlaceholders(configured == null ? channel : configured);
    return configured == null && SERVICE.matcher(target).matches()
        ? "discovery:///" + target
        : STATIC.matcher(target).replaceFirst("");
  }
}
