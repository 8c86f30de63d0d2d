package dev.platform.spring.check;

import dev.platform.core.breaker.CircuitBreakerSettings.Scope;
import dev.platform.core.call.MethodMap;
import dev.platform.spring.config.MethodVariables;
import dev.platform.spring.line.StarterLine;
import dev.platform.spring.ratelimit.RateLimitProperties;
import dev.platform.spring.resilience.AnnotatedMethods;
import dev.platform.spring.resilience.CircuitBreakerProperties;
import dev.platform.spring.retry.RetryProperties;
import dev.platform.spring.server.ServerExecutorProperties;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/**
 * Names of methods, services, breakers and limiters in settings that don't exist in this
 * application. Called methods are not checked without any known client: then the application
 * creates its channels itself.
 */
final class NameRule implements ConfigurationRule {

  private static final String BREAKERS = "platform.resilience.circuit-breaker";
  private static final String EXECUTOR = "platform.grpc.server-executor";
  private static final String SERVER = "this application's server";

  private static final Set<String> OF_CALLED =
      Set.of("platform.deadline.methods", "platform.resilience.hedging.methods");

  private static final List<String> OF_SERVED =
      MethodVariables.MAPS.stream().filter(property -> !OF_CALLED.contains(property)).toList();

  private final Environment environment;
  private final CalledMethods called;
  private final ServedMethods served;
  private final AnnotatedMethods annotated;
  private final String annotation = StarterLine.clientAnnotation(NameRule.class.getClassLoader());
  private final String caller = "a client of this application (" + annotation + ")";

  NameRule(
      Environment environment,
      CalledMethods called,
      ServedMethods served,
      AnnotatedMethods annotated) {
    this.environment = environment;
    this.called = called;
    this.served = served;
    this.annotated = annotated;
  }

  @Override
  public List<Finding> findings() {
    List<Finding> found = new ArrayList<>();
    Set<String> calls = called.names();
    if (!calls.isEmpty() && !calls.contains("*")) {
      ofCalled(calls, found);
    }
    limiters(found);
    for (String property : OF_SERVED) {
      Set<String> names = keys(property, String.class);
      if (!names.isEmpty()) {
        Set<String> methods = served.names();
        names.forEach(name -> method(property, name, methods, SERVER, found));
      }
    }
    nonBlocking(found);
    return found;
  }

  private void nonBlocking(List<Finding> found) {
    ServerExecutorProperties threads =
        Binder.get(environment).bindOrCreate(EXECUTOR, ServerExecutorProperties.class);
    List<String> names = threads.nonBlocking();
    if (!names.isEmpty() && !threads.enabled()) {
      found.add(
          new Finding(
              EXECUTOR + ".non-blocking",
              String.join(",", names),
              "no methods, or %s.enabled=true: another executor runs all of them"
                  .formatted(EXECUTOR)));
      return;
    }
    Set<String> methods = names.isEmpty() ? Set.of() : served.names();
    for (int i = 0; i < names.size(); i++) {
      method(EXECUTOR + ".non-blocking[" + i + "]", names.get(i), methods, SERVER, found);
    }
  }

  private void ofCalled(Set<String> calls, List<Finding> found) {
    RetryProperties retry =
        Binder.get(environment).bindOrCreate("platform.resilience.retry", RetryProperties.class);
    list("platform.resilience.retry.methods", retry.methods(), calls, found);
    list("platform.resilience.retry.excluded-methods", retry.excludedMethods(), calls, found);
    for (String property : OF_CALLED) {
      keys(property, String.class).forEach(name -> method(property, name, calls, caller, found));
    }
    breakers(found);
  }

  private void list(String property, List<String> methods, Set<String> calls, List<Finding> found) {
    for (int i = 0; i < methods.size(); i++) {
      method(property + "[" + i + "]", methods.get(i), calls, caller, found);
    }
  }

  private void method(
      String property, String name, Set<String> names, String owner, List<Finding> found) {
    if (names.contains(name) || isByVariable(property, name, names)) {
      return;
    }
    found.add(
        new Finding(
            property,
            name,
            names.stream()
                .filter(known -> isSame(known, name))
                .findFirst()
                .map(known -> inBrackets(property, known))
                .orElseGet(
                    () ->
                        "a method or service that "
                            + owner
                            + " has"
                            + (names.isEmpty() ? "" : ", such as " + names.iterator().next()))));
  }

  /** Whether an environment variable sets it, where case and punctuation don't matter. */
  private boolean isByVariable(String property, String name, Set<String> names) {
    return MethodMap.isUniform(name)
        && environment.containsProperty(property + "[" + name + "]")
        && names.stream().anyMatch(known -> isSame(known, name));
  }

  /** Without brackets a name loses its slash. */
  private static boolean isSame(String known, String name) {
    return MethodMap.uniform(known).equals(MethodMap.uniform(name));
  }

  private static String inBrackets(String property, String known) {
    if (property.endsWith("]")) {
      // An element of a list.
      return known;
    }
    return "the name in brackets: %s[%s], or the environment variable %s"
        .formatted(property, known, MethodVariables.variable(property, known));
  }

  private void breakers(List<Finding> found) {
    Set<String> operations = annotated.breakers();
    if (operations.stream().anyMatch(NameRule::isExpression)) {
      return;
    }
    boolean byMethod =
        Binder.get(environment).bindOrCreate(BREAKERS, CircuitBreakerProperties.class).scope()
            == Scope.METHOD;
    String services = "a service of " + annotation + ", one of " + called.clients();
    for (String name : keys("resilience4j.circuitbreaker.instances", Object.class)) {
      boolean known = byMethod ? isCalledMethod(name) : called.clients().contains(name);
      if (!known && !operations.contains(name)) {
        found.add(
            new Finding(
                "resilience4j.circuitbreaker.instances",
                name,
                (byMethod ? "service/package.Service/Method with " : "")
                    + services
                    + ", or the name of a @CircuitBreaker"
                    + (byMethod == name.contains("/")
                        ? ""
                        : ": %s.scope is %s"
                            .formatted(BREAKERS, byMethod ? "method" : "service"))));
      }
    }
  }

  private boolean isCalledMethod(String name) {
    int slash = name.indexOf('/');
    return slash > 0
        && called.clients().contains(name.substring(0, slash))
        && called.names().contains(name.substring(slash + 1));
  }

  /** Limiters that are configured, but limit nothing since no setting or annotation names them. */
  private void limiters(List<Finding> found) {
    RateLimitProperties limits =
        Binder.get(environment).bindOrCreate(RateLimitProperties.PREFIX, RateLimitProperties.class);
    Set<String> named = new HashSet<>(annotated.limiters().keySet());
    if (named.stream().anyMatch(NameRule::isExpression)) {
      return;
    }
    named.addAll(limits.methods().values());
    named.add(limits.server());
    named.add(limits.caller().limiter());
    for (String name : keys("resilience4j.ratelimiter.instances", Object.class)) {
      if (!named.contains(name)) {
        found.add(
            new Finding(
                "resilience4j.ratelimiter.instances",
                name,
                "a limiter that %s.server, .methods or .caller.limiter names, or a @RateLimiter"
                    .formatted(RateLimitProperties.PREFIX)));
      }
    }
  }

  /** An expression, which is evaluated when the method is called. */
  static boolean isExpression(String name) {
    return name.startsWith("#") || name.startsWith("@") || name.contains("${");
  }

  /**
   * The keys of a map of properties.
   *
   * @param values Object for groups of properties; dots in keys without brackets begin a group then
   */
  private Set<String> keys(String property, Class<?> values) {
    return Binder.get(environment)
        .bind(property, Bindable.mapOf(String.class, values))
        .map(Map::keySet)
        .orElse(Set.of());
  }
}
