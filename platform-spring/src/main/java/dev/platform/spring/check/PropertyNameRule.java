package dev.platform.spring.check;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.Environment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * Unknown properties in a group of the platform, or in a misspelt one: Spring ignores them. Other
 * names below {@code platform} may be an application's own. Values are not reported: they may be
 * misplaced secrets.
 */
final class PropertyNameRule implements ConfigurationRule {

  private static final ConfigurationPropertyName PLATFORM =
      ConfigurationPropertyName.of("platform");

  private final Environment environment;

  PropertyNameRule(Environment environment) {
    this.environment = environment;
  }

  @Override
  public List<Finding> findings() {
    KnownProperties known = KnownProperties.load();
    return SetProperties.sources(environment)
        .flatMap(source -> unknown(source, known))
        .distinct()
        .toList();
  }

  private static Stream<Finding> unknown(
      IterableConfigurationPropertySource source, KnownProperties known) {
    boolean variables = isOfVariables(source);
    return source.stream()
        .filter(PLATFORM::isAncestorOf)
        .filter(name -> known.hasPlatformGroup(name) || FormerProperties.expected(name).isPresent())
        .filter(name -> !(variables ? known.containsVariable(name) : known.contains(name)))
        .map(
            name ->
                new Finding(
                    name.toString(), SetProperties.where(source, name), expected(name, known)));
  }

  private static boolean isOfVariables(ConfigurationPropertySource source) {
    return source.getUnderlyingSource() instanceof SystemEnvironmentPropertySource;
  }

  private static String expected(ConfigurationPropertyName name, KnownProperties known) {
    Optional<String> instead = FormerProperties.expected(name);
    if (instead.isPresent()) {
      return instead.get();
    }
    return known
        .closest(name)
        .map("a property of the platform; did you mean %s?"::formatted)
        .orElse("a property of the platform, see docs/properties.md");
  }
}
