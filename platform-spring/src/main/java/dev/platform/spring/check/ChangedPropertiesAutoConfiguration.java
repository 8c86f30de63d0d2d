package dev.platform.spring.check;

import dev.platform.spring.check.ConfigurationCheckProperties.OnFinding;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.cloud.context.environment.EnvironmentChangeEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;

/**
 * Reports properties of the platform that a refresh of the environment has changed: they are read
 * at the start only. Off with {@code platform.configuration-check.on-finding=ignore}.
 */
@AutoConfiguration
@ConditionalOnClass(EnvironmentChangeEvent.class)
@EnableConfigurationProperties(ConfigurationCheckProperties.class)
public final class ChangedPropertiesAutoConfiguration {

  @Bean
  ChangedProperties changedProperties(ConfigurationCheckProperties properties) {
    return new ChangedProperties(properties.onFinding());
  }

  /** Values are not reported: they may be secrets. */
  static final class ChangedProperties implements ApplicationListener<EnvironmentChangeEvent> {

    private static final Logger log = LoggerFactory.getLogger(ChangedProperties.class);

    private final OnFinding onFinding;

    ChangedProperties(OnFinding onFinding) {
      this.onFinding = onFinding;
    }

    @Override
    public void onApplicationEvent(EnvironmentChangeEvent event) {
      if (onFinding == OnFinding.IGNORE) {
        return;
      }
      Set<String> ours = new TreeSet<>(event.getKeys());
      ours.removeIf(name -> !name.startsWith("platform."));
      for (String name : ours) {
        log.warn("{}", new Finding(name, "changed", "a restart: it is read at the start only"));
      }
    }
  }
}
