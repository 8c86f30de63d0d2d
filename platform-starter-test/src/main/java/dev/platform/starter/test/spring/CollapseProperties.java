package dev.platform.starter.test.spring;

import dev.platform.starter.test.collapse.CollapseCheck;
import dev.platform.starter.test.collapse.CollapseCheckBuilder;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/** Reads from an application's environment what decides on retries and queues. */
public final class CollapseProperties {

  private CollapseProperties() {}

  /**
   * The properties that are set, for {@link CollapseCheckBuilder#properties}, also where variables
   * of the process set them.
   */
  public static Map<String, String> of(Environment environment) {
    Binder binder = Binder.get(environment);
    Map<String, String> found = new TreeMap<>();
    for (String name : CollapseCheck.judgedProperties()) {
      binder.bind(name, Bindable.of(String.class)).ifBound(value -> found.put(name, value));
    }
    return found;
  }
}
