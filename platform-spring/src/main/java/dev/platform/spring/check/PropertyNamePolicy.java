package dev.platform.spring.check;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.origin.Origin;
import org.springframework.core.env.Environment;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * Properties that begin like the platform's and are none of them: Spring leaves them alone. Other
 * names below {@code platform} may be an application's own. Values are not told, they may be
 * secrets in the wrong place.
 */
final class PropertyNamePolicy implements PolicyCheck.Policy {

  private static final ConfigurationPropertyName PLATFORM =
      ConfigurationPropertyName.of("platform");

  private final Environment environment;

  PropertyNamePolicy(Environment environment) {
    this.environment = environment;
  }

  @Override
  public List<Finding> findings() {
    KnownProperties known = KnownProperties.load();
    return StreamSupport.stream(ConfigurationPropertySources.get(environment).spliterator(), false)
        .filter(IterableConfigurationPropertySource.class::isInstance)
        .map(IterableConfigurationPropertySource.class::cast)
        .flatMap(source -> unknown(source, known))
        .distinct()
        .toList();
  }

  private static Stream<Finding> unknown(
      IterableConfigurationPropertySource source, KnownProperties known) {
    boolean variables = isOfVariables(source);
    return source.stream()
        .filter(PLATFORM::isAncestorOf)
        .filter(name -> known.isOurs(name) || FormerProperties.expected(name).isPresent())
        .filter(name -> !(variables ? known.containsVariable(name) : known.contains(name)))
        .map(name -> new Finding(name.toString(), where(source, name), expected(name, known)));
  }

  private static boolean isOfVariables(ConfigurationPropertySource source) {
    return source.getUnderlyingSource() instanceof SystemEnvironmentPropertySource;
  }

  private static String nameOf(ConfigurationPropertySource source) {
    return source.getUnderlyingSource() instanceof PropertySource<?> known
        ? known.getName()
        : "(unknown)";
  }

  private static String where(ConfigurationPropertySource source, ConfigurationPropertyName name) {
    ConfigurationProperty property = source.getConfigurationProperty(name);
    Origin origin = property == null ? null : property.getOrigin();
    return "set in " + (origin == null ? nameOf(source) : origin);
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
