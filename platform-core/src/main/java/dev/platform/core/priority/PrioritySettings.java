package dev.platform.core.priority;

import static dev.platform.core.InvalidPropertyException.check;

import dev.platform.core.call.MethodMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which priority incoming calls have. That of a caller who is believed comes first; all others'
 * calls have the one that is set here.
 *
 * @param methods the priority of single methods, {@code package.Service/Method}, or of all other
 *     methods of a service, {@code package.Service}; none by default
 * @param workloads the workloads whose calls bring their priority; empty for all that are proved
 * @param trustsHeader whether the priority of a call without a proved workload counts: anybody can
 *     send any
 */
public record PrioritySettings(
    Map<String, Priority> methods, Set<String> workloads, boolean trustsHeader) {

  private static final String PREFIX = "platform.priority";
  private static final Pattern METHOD = Pattern.compile("[\\w.]+(/\\w+)?");

  public PrioritySettings {
    methods = MethodMap.of(methods);
    workloads = Set.copyOf(workloads);
    methods
        .keySet()
        .forEach(
            method ->
                check(
                    METHOD.matcher(method).matches(),
                    PREFIX + ".methods",
                    method,
                    "package.Service/Method, or package.Service for all of its methods"));
    workloads.forEach(
        workload ->
            check(!workload.isBlank(), PREFIX + ".workloads", "(empty)", "names of workloads"));
  }

  /** No priorities of its own; callers with a proved workload are believed, no others. */
  public static PrioritySettings defaults() {
    return new PrioritySettings(Map.of(), Set.of(), false);
  }

  /** The same where connections prove nothing: all callers are believed. */
  public PrioritySettings withTrustedHeader() {
    return new PrioritySettings(methods, workloads, true);
  }

  /** The same with these priorities of methods and services. */
  public PrioritySettings withMethods(Map<String, Priority> some) {
    return new PrioritySettings(some, workloads, trustsHeader);
  }

  @Nullable Priority priority(String method, String service) {
    Priority own = methods.get(method);
    return own == null ? methods.get(service) : own;
  }
}
