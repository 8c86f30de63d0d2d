package dev.platform.spring.start;

import dev.platform.core.start.WarmUpSettings;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The warm-up of this process: all beans of type {@link dev.platform.core.start.WarmUp}.
 *
 * @param enabled whether they run
 * @param max how long they may delay readiness and registration, all together, 0s to 5m; 0s for no
 *     warm-up
 */
@ConfigurationProperties("platform.start.warm-up")
public record WarmUpProperties(
    @DefaultValue("true") boolean enabled, @DefaultValue("8s") Duration max) {

  public WarmUpProperties {
    var validated = new WarmUpSettings(max);
  }

  WarmUpSettings settings() {
    return new WarmUpSettings(enabled ? max : Duration.ZERO);
  }
}
