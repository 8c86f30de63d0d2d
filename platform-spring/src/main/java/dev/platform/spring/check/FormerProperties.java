package dev.platform.spring.check;

import java.util.Map;
import java.util.Optional;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.util.ClassUtils;

/** Property names without effect, and their replacements. */
final class FormerProperties {

  /** Old names of properties or prefixes, and the new ones. */
  private static final Map<ConfigurationPropertyName, String> RENAMED =
      Map.of(
          name("platform.registry.namespace"),
          "platform.etcd.namespace",
          name("platform.resilience.circuit-breaker.failures-in-a-row"),
          "platform.resilience.circuit-breaker.consecutive-failures",
          name("platform.resilience.outlier-detection.failures-in-a-row"),
          "platform.resilience.outlier-detection.consecutive-failures",
          name("platform.resilience.rate-limit.fleet"),
          "platform.resilience.rate-limit.shared",
          name("platform.policy-check"),
          "platform.configuration-check");

  private static final ConfigurationPropertyName JDBC = name("platform.jdbc");
  private static final String JDBC_MODULE = "dev.platform.jdbc.JdbcAutoConfiguration";

  private FormerProperties() {}

  /** The replacement of a name; empty for other names. */
  static Optional<String> expected(ConfigurationPropertyName name) {
    if (isOrBelow(JDBC, name) && !ClassUtils.isPresent(JDBC_MODULE, null)) {
      return Optional.of("the module dev.platform:platform-jdbc on the class path");
    }
    return RENAMED.entrySet().stream()
        .filter(renamed -> isOrBelow(renamed.getKey(), name))
        .findFirst()
        .map(
            renamed ->
                renamed.getValue()
                    + name.toString().substring(renamed.getKey().toString().length()));
  }

  private static boolean isOrBelow(
      ConfigurationPropertyName known, ConfigurationPropertyName name) {
    return known.equals(name) || known.isAncestorOf(name);
  }

  private static ConfigurationPropertyName name(String text) {
    return ConfigurationPropertyName.of(text);
  }
}
