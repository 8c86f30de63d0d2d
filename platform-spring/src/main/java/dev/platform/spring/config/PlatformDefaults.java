package dev.platform.spring.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.DefaultPropertiesPropertySource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.CompositePropertySource;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;

/**
 * Adds {@code application-defaults.yml}, and {@code platform-line-defaults.yml} of the starter, and
 * above them {@code platform-mesh-defaults.yml} with {@code platform.mesh.enabled=true}, below
 * every other property source: whatever a user sets anywhere wins. Boot keeps the source of {@link
 * SpringApplication#setDefaultProperties default properties} last, even below
 * {@code @PropertySource}; so the platform's defaults become the lower part of that source.
 */
public final class PlatformDefaults {

  private static final String NAME = "platformDefaults";
  private static final String FILE = "application-defaults.yml";

  /** For properties that only one Spring Boot line has, or names differently. */
  private static final String LINE_FILE = "platform-line-defaults.yml";

  private static final List<String> FILES = List.of(FILE, LINE_FILE);

  /** For an application in a service mesh. */
  private static final String MESH_FILE = "platform-mesh-defaults.yml";

  /** Called by each line's {@code EnvironmentPostProcessor}, as the last of them. */
  public void addTo(ConfigurableEnvironment environment) {
    List<String> files = isInMesh(environment) ? List.of(MESH_FILE, FILE, LINE_FILE) : FILES;
    MutablePropertySources sources = environment.getPropertySources();
    PropertySource<?> users = sources.remove(DefaultPropertiesPropertySource.NAME);
    if (users instanceof LowestPropertySource) {
      sources.addLast(users);
      return;
    }
    LowestPropertySource lowest = new LowestPropertySource();
    if (users != null) {
      lowest.addPropertySource(users);
    }
    Set<ConfigurationPropertyName> set = names(users);
    load(files).forEach(ours -> lowest.addPropertySource(without(ours, set)));
    lowest.addPropertySource(without(TelemetryInstance.defaults(environment), set));
    sources.addLast(lowest);
  }

  /** Not for a value that can't be bound, which is reported later. */
  private static boolean isInMesh(ConfigurableEnvironment environment) {
    try {
      return Binder.get(environment).bind("platform.mesh.enabled", Boolean.class).orElse(false);
    } catch (BindException e) {
      return false;
    }
  }

  private static Set<ConfigurationPropertyName> names(@Nullable PropertySource<?> users) {
    return users instanceof EnumerablePropertySource<?> known
        ? Arrays.stream(known.getPropertyNames())
            .map(name -> ConfigurationPropertyName.adapt(name, '.'))
            .collect(Collectors.toSet())
        : Set.of();
  }

  /** In one source, the canonical spelling wins over any other, and a value over a list's items. */
  private static PropertySource<?> without(
      PropertySource<?> ours, Set<ConfigurationPropertyName> set) {
    Map<String, Object> kept = new LinkedHashMap<>();
    for (String name : ((EnumerablePropertySource<?>) ours).getPropertyNames()) {
      ConfigurationPropertyName adapted = ConfigurationPropertyName.adapt(name, '.');
      if (set.stream().noneMatch(user -> user.equals(adapted) || adapted.isAncestorOf(user))) {
        kept.put(name, Objects.requireNonNull(ours.getProperty(name)));
      }
    }
    return new MapPropertySource(ours.getName(), kept);
  }

  private List<PropertySource<?>> load(List<String> files) {
    List<PropertySource<?>> loaded = new ArrayList<>();
    for (String file : files) {
      Resource resource = new ClassPathResource(file, getClass().getClassLoader());
      // A line without differences has no file.
      if (!file.equals(LINE_FILE) || resource.exists()) {
        loaded.addAll(load(file, resource));
      }
    }
    return loaded;
  }

  private static List<PropertySource<?>> load(String file, Resource resource) {
    try {
      return new YamlPropertySourceLoader().load(NAME + " in " + file, resource);
    } catch (IOException e) {
      throw new UncheckedIOException("The platform's own " + file + " can't be read", e);
    }
  }

  /** First the user's default properties, then the platform's. */
  private static final class LowestPropertySource extends CompositePropertySource {

    LowestPropertySource() {
      super(DefaultPropertiesPropertySource.NAME);
    }
  }
}
