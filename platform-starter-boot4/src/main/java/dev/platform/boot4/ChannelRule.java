package dev.platform.boot4;

import dev.platform.spring.check.ConfigurationRule;
import dev.platform.spring.check.Finding;
import dev.platform.spring.check.SetProperties;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.core.env.Environment;

/** Properties of a channel that have no effect, though Spring knows them. */
final class ChannelRule implements ConfigurationRule {

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

  ChannelRule(Environment environment) {
    this.environment = environment;
  }

  @Override
  public List<Finding> findings() {
    List<Finding> found = new ArrayList<>();
    for (String channel : ChannelSettings.names(environment)) {
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
