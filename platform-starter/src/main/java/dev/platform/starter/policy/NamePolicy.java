package dev.platform.starter.policy;

import dev.platform.starter.deadline.DeadlineProperties;
import dev.platform.starter.resilience.AnnotatedMethods;
import dev.platform.starter.retry.RetryProperties;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/**
 * Names of methods and services in settings that nothing here goes by. Not asked where the
 * application has no {@code @GrpcClient} at all: then it makes its channels by itself.
 */
final class NamePolicy implements PolicyCheck.Policy {

  private final Environment environment;
  private final CalledMethods called;
  private final AnnotatedMethods annotated;

  NamePolicy(Environment environment, CalledMethods called, AnnotatedMethods annotated) {
    this.environment = environment;
    this.called = called;
    this.annotated = annotated;
  }

  @Override
  public List<Finding> findings() {
    List<Finding> found = new ArrayList<>();
    Set<String> names = called.names();
    if (!names.isEmpty() && !names.contains("*")) {
      Binder binder = Binder.get(environment);
      List<String> retried =
          binder.bindOrCreate("platform.resilience.retry", RetryProperties.class).methods();
      for (int i = 0; i < retried.size(); i++) {
        method("platform.resilience.retry.methods[" + i + "]", retried.get(i), names, found);
      }
      binder
          .bindOrCreate("platform.deadline", DeadlineProperties.class)
          .methods()
          .keySet()
          .forEach(name -> method("platform.deadline.methods", name, names, found));
      breakers(binder, found);
    }
    return found;
  }

  private void method(String property, String name, Set<String> names, List<Finding> found) {
    if (!names.contains(name)) {
      found.add(
          new Finding(
              property,
              name,
              "a method or service that a @GrpcClient of this application has, such as "
                  + names.iterator().next()));
    }
  }

  private void breakers(Binder binder, List<Finding> found) {
    Map<String, Object> instances =
        binder
            .bind(
                "resilience4j.circuitbreaker.instances", Bindable.mapOf(String.class, Object.class))
            .orElse(Map.of());
    Set<String> clients = called.clients();
    for (String name : instances.keySet()) {
      String service = name.contains("/") ? name.substring(0, name.indexOf('/')) : name;
      if (!clients.contains(service) && !annotated.breakers().contains(name)) {
        found.add(
            new Finding(
                "resilience4j.circuitbreaker.instances",
                name,
                "a service of @GrpcClient, one of %s, or the name of a @CircuitBreaker"
                    .formatted(clients)));
      }
    }
  }
}
