package dev.platform.boot4;

import dev.platform.spring.check.ConfigurationRule;
import dev.platform.spring.check.Finding;
import dev.platform.spring.check.SetProperties;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.core.env.Environment;

/**
 * Properties of a channel that have no effect, though Spring knows them. The service config of a
 * discovered service comes from its resolver, which replaces the channel's own.
 */
final class ChannelRule implements ConfigurationRule {

  private static final String SERVICE_CONFIG = "service-config";
  private static final String HEALTH = "health.enabled";
  private static final String BYPASS = "bypass-certificate-validation";

  /** What Spring reads from {@code default} only for channels without an entry of their own. */
  private static final List<String> NOT_MERGED =
      List.of(
          "ssl.enabled",
          "ssl.bundle",
          BYPASS,
          "user-agent",
          "default.deadline",
          "inbound.message.max-size",
          "inbound.metadata.max-size");

  private final Environment environment;
  private final DiscoveredTargets targets;

  ChannelRule(Environment environment) {
    this.environment = environment;
    this.targets = new DiscoveredTargets(environment);
  }

  @Override
  public List<Finding> findings() {
    List<Finding> found = new ArrayList<>();
    for (String channel : ChannelSettings.names(environment)) {
      if (isDiscovered(channel)) {
        replaced(channel, found);
      }
      if (isTrue(channel, BYPASS) && !isEncrypted(channel)) {
        add(
            channel,
            BYPASS,
            "also .ssl.enabled or .ssl.bundle: the channel is in plaintext",
            found);
      }
    }
    NOT_MERGED.forEach(property -> notMerged(property, found));
    return found;
  }

  private void replaced(String channel, List<Finding> found) {
    add(
        channel,
        SERVICE_CONFIG,
        "a .target outside discovery; calls of a discovered service follow platform.deadline.*,"
            + " platform.resilience.retry.*, platform.resilience.hedging.* and"
            + " platform.grpc.load-balancing",
        found);
    if (isTrue(channel, HEALTH)) {
      add(
          channel,
          HEALTH,
          "a .target outside discovery; an instance that is not ready leaves discovery, and"
              + " platform.resilience.outlier-detection.* avoids one that fails",
          found);
    }
  }

  private void notMerged(String property, List<Finding> found) {
    if (where(ChannelSettings.DEFAULT, property).isEmpty()) {
      return;
    }
    ChannelSettings.names(environment).stream()
        .filter(channel -> !channel.equals(ChannelSettings.DEFAULT))
        .filter(channel -> where(channel, property).isEmpty())
        .findFirst()
        .ifPresent(
            channel ->
                add(
                    ChannelSettings.DEFAULT,
                    property,
                    "also %s: Spring ignores default for a channel with settings of its own"
                        .formatted(ChannelSettings.name(channel, property)),
                    found));
  }

  private void add(String channel, String property, String expected, List<Finding> found) {
    where(channel, property)
        .ifPresent(
            where ->
                found.add(new Finding(ChannelSettings.name(channel, property), where, expected)));
  }

  /** The entry {@code default} also serves services without an entry of their own. */
  private boolean isDiscovered(String channel) {
    String target = targets.getTarget(channel);
    return channel.equals(ChannelSettings.DEFAULT)
        || target.startsWith("discovery:")
        || target.startsWith("etcd:");
  }

  private boolean isEncrypted(String channel) {
    return where(channel, "ssl.enabled").isPresent()
        ? isTrue(channel, "ssl.enabled")
        : where(channel, "ssl.bundle").isPresent();
  }

  private boolean isTrue(String channel, String property) {
    return environment.getProperty(ChannelSettings.name(channel, property), Boolean.class, false);
  }

  private Optional<String> where(String channel, String property) {
    return SetProperties.where(environment, ChannelSettings.name(channel, property));
  }
}
