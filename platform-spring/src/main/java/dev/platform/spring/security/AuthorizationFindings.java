package dev.platform.spring.security;

import dev.platform.core.InvalidPropertyException;
import dev.platform.core.authorization.AuthorizationMode;
import dev.platform.core.authorization.AuthorizationRule;
import dev.platform.core.authorization.AuthorizationRules;
import dev.platform.core.identity.WorkloadIdentities;
import dev.platform.spring.check.Finding;
import dev.platform.spring.check.ServedMethods;
import dev.platform.spring.config.ConfiguredTransport;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.springframework.core.env.Environment;

/**
 * Rules that don't do what they seem to. Rules about services of other applications are in order,
 * since a fleet may have one file.
 */
final class AuthorizationFindings {

  private static final String RULES = AuthorizationProperties.PREFIX + ".rules";
  private static final String TRUST_DOMAIN = "platform.security.trust-domain";
  private static final String HEALTH = "grpc.health.v1.Health";

  private final AuthorizationProperties properties;
  private final AuthorizationRules rules;
  private final boolean usersAreProved;
  private final ConfiguredTransport transport;
  private final boolean hasTrustDomain;
  private final String own;
  private final Set<String> workloads;
  private final ServedMethods served;

  AuthorizationFindings(
      AuthorizationProperties properties,
      boolean usersAreProved,
      Environment environment,
      String own,
      WorkloadIdentities identities,
      ServedMethods served) {
    this.properties = properties;
    this.rules = properties.parsed();
    this.usersAreProved = usersAreProved;
    this.transport = ConfiguredTransport.of(environment);
    this.hasTrustDomain = environment.getProperty(TRUST_DOMAIN) != null;
    this.own = own;
    this.workloads = identities.workloads();
    this.served = served;
  }

  /** Else rules about callers would refuse all calls, or be of no use. */
  void checkThatCallersProveWorkloads() {
    firstUnprovable()
        .ifPresent(
            rule -> {
              throw new InvalidPropertyException(
                  property(rule) + ".callers", new TreeSet<>(rule.callers()), provable());
            });
  }

  private Optional<AuthorizationRule> firstUnprovable() {
    if (transport.provesWorkloads()) {
      return Optional.empty();
    }
    return rules.all().stream()
        .filter(rule -> rule.callers().stream().anyMatch(caller -> !caller.equals(own)))
        .findFirst();
  }

  private static String provable() {
    return "any, while callers prove nothing: set "
        + ConfiguredTransport.MODE
        + " to permissive or strict; behind a mesh platform.security.xfcc.trusted-proxies; or "
        + AuthorizationProperties.PREFIX
        + ".mode to shadow";
  }

  List<Finding> all() {
    List<Finding> found = new ArrayList<>();
    AuthorizationMode mode = properties.modeInForce();
    if (mode == AuthorizationMode.ENFORCE && rules.isEmpty()) {
      found.add(new Finding(RULES, "(none)", "rules: without any, all calls are refused"));
    }
    firstUnprovable()
        .ifPresent(
            rule ->
                found.add(
                    new Finding(
                        property(rule) + ".callers", new TreeSet<>(rule.callers()), provable())));
    Set<String> names = served.names();
    for (AuthorizationRule rule : rules.all()) {
      ofRule(rule, names, found);
    }
    if (!rules.isEmpty()) {
      ofServices(names, found);
    }
    return found;
  }

  private void ofRule(AuthorizationRule rule, Set<String> names, List<Finding> found) {
    if (rule.isForNobody()) {
      found.add(new Finding(property(rule), "{}", "callers, roles or user: else nobody may call"));
    }
    if (rule.needsUser() && !usersAreProved && names.contains(rule.service())) {
      found.add(
          new Finding(
              property(rule),
              "needs a user",
              "a bean of type JwtDecoder or TokenVerifier: without one no call has a user"));
    }
    for (String caller : new TreeSet<>(rule.callers())) {
      if (!isKnown(caller)) {
        found.add(
            new Finding(
                property(rule) + ".callers",
                caller,
                "a workload of platform.security.identities, " + known()));
      }
    }
    if (!names.contains(rule.service())) {
      return;
    }
    if (!rule.isOfService() && !names.contains(rule.pattern())) {
      found.add(
          new Finding(
              RULES,
              rule.pattern(),
              "a method that " + rule.service() + " has: " + methods(rule, names)));
    }
    if (rule.isOfService()
        && methods(rule, names).stream().allMatch(method -> rules.of(method) != rule)) {
      found.add(
          new Finding(
              RULES, rule.pattern(), "a method without a rule of its own: this one is never used"));
    }
  }

  /** A service without any rule is called by nobody: most often its name is misspelt in one. */
  private void ofServices(Set<String> names, List<Finding> found) {
    Set<String> ruled = new TreeSet<>();
    rules.all().forEach(rule -> ruled.add(rule.service()));
    for (String service : names) {
      boolean isService = !service.contains("/") && !service.startsWith("grpc.reflection.");
      if (isService && !ruled.contains(service)) {
        found.add(
            new Finding(
                RULES,
                "(none for " + service + ")",
                service.equals(HEALTH)
                    ? "\"[" + HEALTH + "/*]\": { callers: any }, for probes"
                    : "a rule: without one nobody may call it"));
      }
    }
  }

  private static Set<String> methods(AuthorizationRule rule, Set<String> names) {
    Set<String> methods = new TreeSet<>();
    String prefix = rule.service() + "/";
    names.stream().filter(name -> name.startsWith(prefix)).forEach(methods::add);
    return methods;
  }

  /** With a trust domain, each path of it is a workload. */
  private boolean isKnown(String caller) {
    return hasTrustDomain || caller.equals(own) || workloads.contains(caller);
  }

  private Set<String> known() {
    Set<String> known = new TreeSet<>(workloads);
    known.add(own);
    return known;
  }

  private static String property(AuthorizationRule rule) {
    return RULES + "[" + rule.pattern() + "]";
  }
}
