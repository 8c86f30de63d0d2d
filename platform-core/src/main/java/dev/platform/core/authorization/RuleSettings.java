package dev.platform.core.authorization;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A rule as it is written; null for what is not.
 *
 * @param callers the workloads that may call; {@code any} alone for all, also without identity
 * @param roles the user must have one of these
 * @param user {@code required} or {@code optional}
 */
public record RuleSettings(
    @Nullable List<String> callers, @Nullable List<String> roles, @Nullable String user) {

  public RuleSettings {
    callers = callers == null ? null : List.copyOf(callers);
    roles = roles == null ? null : List.copyOf(roles);
  }

  /** These workloads, with or without a user. */
  public static RuleSettings callers(String... workloads) {
    return new RuleSettings(List.of(workloads), null, null);
  }

  /** The same for calls on behalf of a user only. */
  public RuleSettings withUser() {
    return new RuleSettings(callers, roles, "required");
  }

  /** The same for users with one of these roles. */
  public RuleSettings withRoles(String... some) {
    return new RuleSettings(callers, List.of(some), user);
  }
}
