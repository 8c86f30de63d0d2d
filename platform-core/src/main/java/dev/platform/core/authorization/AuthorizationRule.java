package dev.platform.core.authorization;

import dev.platform.core.identity.CallerIdentity;
import dev.platform.core.identity.User;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A rule that was checked. Immutable.
 *
 * @param pattern {@code package.Service/Method}, or {@code package.Service/*} for the service's
 *     methods that have no rule of their own
 * @param callers the workloads that may call; empty for nobody, or for all with {@code anyCaller}
 * @param anyCaller whether calls without a proved workload are allowed, too
 * @param roles the user must have one of these; empty if none is needed
 * @param needsUser whether a user is needed
 */
public record AuthorizationRule(
    String pattern, Set<String> callers, boolean anyCaller, List<String> roles, boolean needsUser) {

  static final String ALL_METHODS = "*";

  public AuthorizationRule {
    callers = Set.copyOf(callers);
    roles = List.copyOf(roles);
  }

  /** The service that the rule is about. */
  public String service() {
    return pattern.substring(0, pattern.indexOf('/'));
  }

  /** Whether it is about all methods of a service that have no rule of their own. */
  public boolean isOfService() {
    return pattern.endsWith("/" + ALL_METHODS);
  }

  /** Whether nobody may call. */
  public boolean isForNobody() {
    return callers.isEmpty() && !anyCaller;
  }

  /** Whether this workload may call, on behalf of the right user if one is needed. */
  public boolean allowsCaller(String workload) {
    return anyCaller || callers.contains(workload);
  }

  /** Allocates nothing. */
  Decision decide(CallerIdentity caller) {
    if (!anyCaller) {
      Optional<String> workload = caller.workload();
      if (callers.isEmpty()) {
        return Decision.OTHER_WORKLOAD;
      }
      if (workload.isEmpty()) {
        return Decision.NO_WORKLOAD;
      }
      if (!callers.contains(workload.get())) {
        return Decision.OTHER_WORKLOAD;
      }
    }
    return needsUser ? decide(caller.user()) : Decision.ALLOWED;
  }

  private Decision decide(Optional<User> user) {
    if (user.isEmpty()) {
      return Decision.NO_USER;
    }
    if (roles.isEmpty()) {
      return Decision.ALLOWED;
    }
    Set<String> own = user.get().roles();
    for (int i = 0; i < roles.size(); i++) {
      if (own.contains(roles.get(i))) {
        return Decision.ALLOWED;
      }
    }
    return Decision.NO_ROLE;
  }
}
