package dev.platform.core.ratelimit;

import dev.platform.core.call.MethodMap;
import dev.platform.core.priority.Priority;
import dev.platform.core.ratelimit.MethodLimits.Counted;
import dev.platform.core.ratelimit.MethodLimits.Shared;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.grpc.MethodDescriptor;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/** All limits of a server; those of a method are collected at its first call. Thread-safe. */
public final class RateLimits {

  private final @Nullable CallerLimits callers;
  private final Map<String, RateLimiter> methods;
  private final @Nullable RateLimiter server;
  private final RatePriorities priorities;
  private final Map<String, RateLimiter> parts = new HashMap<>();
  private final SharedRateLimits sharedLimits;
  private final MeterRegistry meters;
  private final ConcurrentMap<String, Optional<ByPriority>> known = new ConcurrentHashMap<>();

  /**
   * The limits of a method's calls by the priority that they bring.
   *
   * @param others those of calls that bring none
   */
  private record ByPriority(
      MethodLimits low, MethodLimits normal, MethodLimits high, MethodLimits others) {

    MethodLimits of(@Nullable Priority brought) {
      if (brought == null) {
        return others;
      }
      return switch (brought) {
        case LOW -> low;
        case NORMAL -> normal;
        case HIGH -> high;
      };
    }
  }

  public RateLimits(
      @Nullable CallerLimits callers,
      Map<String, RateLimiter> methods,
      @Nullable RateLimiter server,
      RatePriorities priorities,
      SharedRateLimits sharedLimits,
      MeterRegistry meters) {
    this.priorities = priorities;
    this.callers = callers;
    this.methods = MethodMap.of(methods);
    this.server = server;
    this.sharedLimits = sharedLimits;
    this.meters = meters;
    if (server != null) {
      priorities
          .allParts(server.getName(), server.getRateLimiterConfig())
          .forEach((name, limit) -> parts.put(name, RateLimiter.of(name, limit)));
    }
  }

  /**
   * The limits of this method; null when there are none.
   *
   * @param brought the priority that the call brings; null for none
   */
  @Nullable MethodLimits of(MethodDescriptor<?, ?> method, @Nullable Priority brought) {
    Optional<ByPriority> limits = known.get(method.getFullMethodName());
    if (limits == null) {
      limits = known.computeIfAbsent(method.getFullMethodName(), name -> collect(method));
    }
    return limits.isEmpty() ? null : limits.get().of(brought);
  }

  private Optional<ByPriority> collect(MethodDescriptor<?, ?> method) {
    String name = method.getFullMethodName();
    String service = String.valueOf(method.getServiceName());
    boolean limited =
        callers != null
            || server != null
            || methods.containsKey(name)
            || methods.containsKey(service);
    if (service.startsWith("grpc.") || !limited) {
      return Optional.empty();
    }
    return Optional.of(
        new ByPriority(
            collect(name, service, Priority.LOW),
            collect(name, service, Priority.NORMAL),
            collect(name, service, Priority.HIGH),
            collect(name, service, null)));
  }

  private MethodLimits collect(String name, String service, @Nullable Priority brought) {
    List<Counted> limiters = new ArrayList<>();
    List<Shared> shared = new ArrayList<>();
    add(methods.getOrDefault(name, methods.get(service)), name, "method", limiters, shared);
    if (server != null) {
      for (String part : priorities.partsOf(server.getName(), name, service, brought)) {
        add(parts.get(part), name, "priority", limiters, shared);
      }
    }
    add(server, name, "server", limiters, shared);
    return new MethodLimits(
        callers,
        calls(name, "caller", "refused"),
        limiters,
        shared,
        calls(name, "none", "accepted"));
  }

  private void add(
      @Nullable RateLimiter limiter,
      String method,
      String limit,
      List<Counted> limiters,
      List<Shared> shared) {
    if (limiter == null) {
      return;
    }
    SharedRateLimit common = sharedLimits.of(limiter.getName());
    Counter refused = calls(method, limit, "refused");
    if (common == null) {
      limiters.add(new Counted(limiter, refused));
    } else {
      shared.add(new Shared(common, refused));
    }
  }

  private Counter calls(String method, String limit, String result) {
    return Counter.builder("platform.rate.limit.calls")
        .tag("method", method)
        .tag("limit", limit)
        .tag("result", result)
        .description("Calls checked against a rate limit, and which limit refused them")
        .register(meters);
  }
}
