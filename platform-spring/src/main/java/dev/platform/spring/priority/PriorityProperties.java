package dev.platform.spring.priority;

import static dev.platform.core.InvalidPropertyException.check;

import dev.platform.core.priority.Priority;
import dev.platform.core.priority.PrioritySettings;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The priority of calls, which travels with the work over all hops, in the header {@code
 * platform-priority}. Where limits are exceeded, calls of low priority are refused first.
 *
 * @param enabled whether calls bring and get priorities
 * @param methods the priority of incoming calls that bring none: of single methods, {@code
 *     package.Service/Method}, or of all other methods of a service, {@code package.Service}
 * @param paths the priority of the work for HTTP requests, by patterns of their paths such as
 *     {@code /api/products/**}; the most specific one that matches. On Spring MVC and WebFlux
 * @param workloads the workloads whose calls bring their priority; by default all that are proved
 * @param trustHeader whether the priority of a call without a proved workload counts, which anybody
 *     can send; by default only where transport security is off
 */
@ConfigurationProperties(PriorityProperties.PREFIX)
public record PriorityProperties(
    @DefaultValue("true") boolean enabled,
    @DefaultValue Map<String, Priority> methods,
    @DefaultValue Map<String, Priority> paths,
    @DefaultValue Set<String> workloads,
    @Nullable Boolean trustHeader) {

  public static final String PREFIX = "platform.priority";

  public PriorityProperties {
    PrioritySettings valid = new PrioritySettings(methods, workloads, false);
    methods = valid.methods();
    workloads = valid.workloads();
    paths = Map.copyOf(paths);
    paths
        .keySet()
        .forEach(
            path ->
                check(
                    path.startsWith("/"),
                    PREFIX + ".paths",
                    path,
                    "a path that begins with /, in brackets"));
  }

  /**
   * The settings of the interceptors.
   *
   * @param trustsHeader unless {@code trustHeader} is set
   */
  PrioritySettings settings(boolean trustsHeader) {
    return new PrioritySettings(
        methods, workloads, trustHeader == null ? trustsHeader : trustHeader);
  }
}
