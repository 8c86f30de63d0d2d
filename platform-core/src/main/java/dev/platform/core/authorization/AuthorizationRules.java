package dev.platform.core.authorization;

import dev.platform.core.InvalidPropertyException;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The rules: who may call which method. The most specific one counts: a method's own rule replaces
 * its service's. A method without a rule may be called by nobody. Immutable.
 */
public final class AuthorizationRules {

  private static final String PROPERTY = "platform.security.authorization.rules";
  private static final String ANY = "any";
  private static final String REQUIRED = "required";
  private static final String OPTIONAL = "optional";
  private static final Pattern PATTERN =
      Pattern.compile("[A-Za-z_]\\w*(?:\\.[A-Za-z_]\\w*)*/(?:[A-Za-z_]\\w*|\\*)");

  /** A name, or the path of a SPIFFE id. */
  private static final Pattern CALLER = Pattern.compile("[A-Za-z0-9._-]+(?:/[A-Za-z0-9._-]+)*");

  private final Map<String, AuthorizationRule> rules = new TreeMap<>();

  private AuthorizationRules(Map<String, RuleSettings> settings) {
    settings.forEach((pattern, rule) -> rules.put(pattern, parse(pattern, rule)));
  }

  /**
   * Checks rules.
   *
   * @param settings by {@code package.Service/Method} or {@code package.Service/*}
   * @throws InvalidPropertyException for a rule that means nothing
   */
  public static AuthorizationRules of(Map<String, RuleSettings> settings) {
    return new AuthorizationRules(settings);
  }

  private static AuthorizationRule parse(String pattern, RuleSettings settings) {
    if (!PATTERN.matcher(pattern).matches()) {
      throw new InvalidPropertyException(
          PROPERTY, shown(pattern), "\"[package.Service/Method]\" or \"[package.Service/*]\"");
    }
    String property = PROPERTY + "[" + pattern + "]";
    List<String> roles = roles(property, settings.roles());
    boolean needsUser = needsUser(property, settings, roles);
    boolean any = isAny(property, settings, needsUser);
    Set<String> callers =
        any || settings.callers() == null ? Set.of() : callers(property, settings.callers());
    return new AuthorizationRule(pattern, callers, any, roles, needsUser);
  }

  /** Without callers the user alone decides; without a user, too, it is nobody's. */
  private static boolean isAny(String property, RuleSettings settings, boolean needsUser) {
    List<String> callers = settings.callers();
    if (callers == null) {
      return needsUser;
    }
    if (callers.contains(ANY) && callers.size() > 1) {
      throw new InvalidPropertyException(
          property + ".callers", callers, "any alone, or names of workloads");
    }
    return callers.contains(ANY);
  }

  private static Set<String> callers(String property, List<String> callers) {
    if (callers.isEmpty()) {
      throw new InvalidPropertyException(
          property + ".callers", "(empty)", "any, or names of workloads");
    }
    for (String caller : callers) {
      if (!CALLER.matcher(caller).matches()) {
        throw new InvalidPropertyException(
            property + ".callers",
            shown(caller),
            "any, or names of workloads: letters, digits, '.', '_', '-', '/'");
      }
    }
    return new HashSet<>(callers);
  }

  private static List<String> roles(String property, @Nullable List<String> roles) {
    if (roles == null) {
      return List.of();
    }
    if (roles.isEmpty() || roles.stream().anyMatch(String::isBlank)) {
      throw new InvalidPropertyException(
          property + ".roles", roles.isEmpty() ? "(empty)" : roles, "names of roles");
    }
    return List.copyOf(new TreeSet<>(roles));
  }

  private static boolean needsUser(String property, RuleSettings settings, List<String> roles) {
    String user = settings.user();
    if (user == null) {
      return !roles.isEmpty();
    }
    if (!user.equals(REQUIRED) && !user.equals(OPTIONAL)) {
      throw new InvalidPropertyException(property + ".user", shown(user), "required or optional");
    }
    if (user.equals(OPTIONAL) && !roles.isEmpty()) {
      throw new InvalidPropertyException(
          property + ".user", user, "required, since only users have roles");
    }
    if (user.equals(OPTIONAL) && settings.callers() == null) {
      throw new InvalidPropertyException(
          property + ".user", user, "required, or callers beside it: else anybody may call");
    }
    return user.equals(REQUIRED);
  }

  private static String shown(String text) {
    return text.isBlank() ? "(empty)" : text;
  }

  public boolean isEmpty() {
    return rules.isEmpty();
  }

  /** All rules, by their patterns. */
  public Collection<AuthorizationRule> all() {
    return List.copyOf(rules.values());
  }

  /**
   * The rule that decides about a method; null if none does.
   *
   * @param method {@code package.Service/Method}
   */
  public @Nullable AuthorizationRule of(String method) {
    AuthorizationRule own = rules.get(method);
    if (own != null) {
      return own;
    }
    int slash = method.lastIndexOf('/');
    return slash < 0
        ? null
        : rules.get(method.substring(0, slash + 1) + AuthorizationRule.ALL_METHODS);
  }
}
