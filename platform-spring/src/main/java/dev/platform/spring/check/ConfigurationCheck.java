package dev.platform.spring.check;

import dev.platform.spring.check.ConfigurationCheckProperties.OnFinding;
import dev.platform.spring.config.InvalidPropertiesException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;

/** Checks the settings as a whole, once all beans exist, and reports its findings. */
final class ConfigurationCheck implements SmartInitializingSingleton {

  private static final Logger log = LoggerFactory.getLogger(ConfigurationCheck.class);

  private final ConfigurationCheckProperties properties;
  private final List<ConfigurationRule> rules;

  ConfigurationCheck(ConfigurationCheckProperties properties, List<ConfigurationRule> rules) {
    this.properties = properties;
    this.rules = rules;
  }

  @Override
  public void afterSingletonsInstantiated() {
    if (properties.onFinding() == OnFinding.IGNORE) {
      return;
    }
    List<Finding> findings = rules.stream().flatMap(rule -> rule.findings().stream()).toList();
    if (properties.onFinding() == OnFinding.WARN) {
      findings.forEach(
          finding -> log.warn("{}; see platform.configuration-check.on-finding", finding));
    } else if (!findings.isEmpty()) {
      throw InvalidPropertiesException.of(findings.stream().map(Finding::asException).toList());
    }
  }
}
