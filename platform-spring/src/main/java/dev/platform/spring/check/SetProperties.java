package dev.platform.spring.check;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.springframework.boot.DefaultPropertiesPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.origin.Origin;
import org.springframework.core.env.Environment;
import org.springframework.core.env.PropertySource;

/** The properties that are set, and where. */
public final class SetProperties {

  private SetProperties() {}

  /** All sources that can list their properties. */
  static Stream<IterableConfigurationPropertySource> sources(Environment environment) {
    return StreamSupport.stream(ConfigurationPropertySources.get(environment).spliterator(), false)
        .filter(IterableConfigurationPropertySource.class::isInstance)
        .map(IterableConfigurationPropertySource.class::cast);
  }

  /**
   * Where a property is set, as text: the file and line, if known. The name may be the start of the
   * property's name. Empty if it is not set.
   */
  public static Optional<String> where(Environment environment, String name) {
    ConfigurationPropertyName prefix = ConfigurationPropertyName.of(name);
    return sources(environment)
        .flatMap(
            source ->
                source.stream()
                    .filter(set -> prefix.equals(set) || prefix.isAncestorOf(set))
                    .map(set -> where(source, set)))
        .findFirst();
  }

  /**
   * The properties of this name or below it that anybody sets, and where; without default
   * properties, which are the platform's, and without the switch {@code name.enabled}.
   */
  static Map<String, String> under(Environment environment, String name) {
    ConfigurationPropertyName prefix = ConfigurationPropertyName.of(name);
    ConfigurationPropertyName enabled = prefix.append("enabled");
    Map<String, String> found = new TreeMap<>();
    sources(environment)
        .filter(source -> !nameOf(source).equals(DefaultPropertiesPropertySource.NAME))
        .forEach(
            source ->
                source.stream()
                    .filter(set -> prefix.equals(set) || prefix.isAncestorOf(set))
                    .filter(set -> !set.equals(enabled))
                    .forEach(set -> found.putIfAbsent(set.toString(), where(source, set))));
    return found;
  }

  /** The file and line, if known, as text. */
  static String where(ConfigurationPropertySource source, ConfigurationPropertyName name) {
    ConfigurationProperty property = source.getConfigurationProperty(name);
    Origin origin = property == null ? null : property.getOrigin();
    return "set in " + (origin == null ? nameOf(source) : origin);
  }

  private static String nameOf(ConfigurationPropertySource source) {
    return source.getUnderlyingSource() instanceof PropertySource<?> known
        ? known.getName()
        : "(unknown)";
  }
}
