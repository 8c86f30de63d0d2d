package dev.platform.spring.config;

import dev.platform.core.InvalidPropertyException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.PropertySourcesPlaceholdersResolver;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.Environment;

/**
 * All invalid values below a prefix. Binding stops at the first one; so it is repeated without the
 * values that are known to be invalid. Not thread-safe.
 */
final class PropertiesMistakes {

  private final Environment environment;
  private final Set<ConfigurationPropertyName> invalid = new LinkedHashSet<>();

  PropertiesMistakes(Environment environment) {
    this.environment = environment;
  }

  /** Binds a prefix to a record; returns what is invalid, in the order in which it was found. */
  List<InvalidPropertyException> of(String prefix, Class<?> type) {
    List<InvalidPropertyException> found = new ArrayList<>();
    invalid.clear();
    InvalidPropertyException mistake = bind(prefix, type);
    // What can't be taken out, such as a default, would be found for ever.
    while (mistake != null && invalid.add(nameOf(mistake))) {
      found.add(mistake);
      mistake = bind(prefix, type);
    }
    return found;
  }

  /** The property; for an element of a list, the list: it can't have gaps. */
  private static ConfigurationPropertyName nameOf(InvalidPropertyException mistake) {
    ConfigurationPropertyName name = ConfigurationPropertyName.adapt(mistake.property(), '.');
    return name.isNumericIndex(name.getNumberOfElements() - 1) ? name.getParent() : name;
  }

  private @Nullable InvalidPropertyException bind(String prefix, Class<?> type) {
    try {
      Object unused = binder().bindOrCreate(prefix, Bindable.of(type));
      return null;
    } catch (BindException e) {
      return mistake(e);
    } catch (InvalidPropertyException e) {
      return e;
    }
  }

  private Binder binder() {
    List<ConfigurationPropertySource> sources =
        StreamSupport.stream(ConfigurationPropertySources.get(environment).spliterator(), false)
            .map(source -> source.filter(this::isValid))
            .toList();
    return new Binder(sources, new PropertySourcesPlaceholdersResolver(environment));
  }

  private boolean isValid(ConfigurationPropertyName name) {
    return invalid.stream().noneMatch(known -> known.equals(name) || known.isAncestorOf(name));
  }

  /** Null for failures that others explain. */
  private static @Nullable InvalidPropertyException mistake(BindException failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof InvalidPropertyException own) {
        return own;
      }
    }
    return UnboundPropertyFailureAnalyzer.mistake(failure);
  }
}
