package dev.platform.spring.config;

import dev.platform.core.call.MethodMap;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.env.OriginTrackedMapPropertySource;
import org.springframework.boot.origin.OriginTrackedValue;
import org.springframework.boot.origin.SystemEnvironmentOrigin;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.StandardEnvironment;

/**
 * Settings of methods and services by environment variables, such as {@code
 * PLATFORM_DEADLINE_METHODS_PRICE_V1_PRICESERVICE_GETPRICE}. Spring reads the end of such a name as
 * several levels of properties. Here it becomes one key, which {@link MethodMap} finds; it is
 * spelled as in another source, if that names the same method, so that the variable overrides a
 * file.
 */
public final class MethodVariables {

  /** All properties whose keys are names of methods or services. */
  public static final List<String> MAPS =
      List.of(
          "platform.deadline.methods",
          "platform.deadline.minimums",
          "platform.resilience.hedging.methods",
          "platform.resilience.rate-limit.methods",
          "platform.resilience.rate-limit.priorities",
          "platform.resilience.concurrency-limit.methods",
          "platform.priority.methods");

  private static final String VARIABLES =
      StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME;
  private static final String NAME = "platformMethodVariables";

  /** Called by each line's {@code EnvironmentPostProcessor}, when all other sources are known. */
  public void addTo(ConfigurableEnvironment environment) {
    MutablePropertySources sources = environment.getPropertySources();
    sources.remove(NAME);
    if (!(sources.get(VARIABLES) instanceof EnumerablePropertySource<?> variables)) {
      return;
    }
    Map<String, Object> found = new LinkedHashMap<>();
    for (String variable : variables.getPropertyNames()) {
      for (String map : MAPS) {
        String prefix = variable(map) + "_";
        if (variable.toUpperCase(Locale.ROOT).startsWith(prefix)) {
          String end = variable.substring(prefix.length());
          String key = end.toLowerCase(Locale.ROOT).replace('_', '.');
          found.put(
              map + "[" + spelled(sources, map, key) + "]",
              OriginTrackedValue.of(
                  Objects.requireNonNull(variables.getProperty(variable)),
                  new SystemEnvironmentOrigin(variable)));
        }
      }
    }
    if (!found.isEmpty()) {
      sources.addAfter(VARIABLES, new OriginTrackedMapPropertySource(NAME, found));
    }
  }

  /** The environment variable for a property, or for one key of a map. */
  public static String variable(String property, String... key) {
    String end = String.join("", Arrays.stream(key).map(name -> "_" + name).toList());
    return (property.replace("-", "") + end.replaceAll("[^A-Za-z0-9]", "_"))
        .replace('.', '_')
        .toUpperCase(Locale.ROOT);
  }

  private static String spelled(MutablePropertySources sources, String map, String key) {
    ConfigurationPropertyName parent = ConfigurationPropertyName.of(map);
    return StreamSupport.stream(ConfigurationPropertySources.from(sources).spliterator(), false)
        .flatMap(
            source ->
                source instanceof IterableConfigurationPropertySource names
                    ? names.stream()
                    : Stream.empty())
        .filter(parent::isParentOf)
        .map(name -> name.getElement(name.getNumberOfElements() - 1, Form.ORIGINAL))
        .filter(name -> MethodMap.uniform(name).equals(MethodMap.uniform(key)))
        .findFirst()
        .orElse(key);
  }
}
