package dev.platform.order.platform;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The platform's state as one process sees it.
 *
 * @param at the time of the view, in milliseconds since the epoch
 * @param self the process
 * @param services all services in the registry, by name
 * @param breakers the circuit breakers of the services that it calls
 * @param calls its calls since it started, in and out
 * @param security who may call it, and how callers are known
 */
record PlatformView(
    long at,
    Self self,
    List<Service> services,
    List<Breaker> breakers,
    List<Calls> calls,
    Security security) {

  /**
   * The process.
   *
   * @param app the application's name
   * @param instanceId null where nothing is registered
   * @param phase its lifecycle phase
   * @param etcd whether etcd answers; null when etcd is not used
   * @param status whether it accepts calls; null where nothing is registered
   * @param lease null where nothing is registered
   * @param openCalls in-flight calls in its gRPC server, by method
   */
  record Self(
      String app,
      @Nullable String instanceId,
      @Nullable String phase,
      @Nullable String etcd,
      @Nullable String status,
      @Nullable Lease lease,
      Map<String, Integer> openCalls) {}

  /**
   * The lease of the process's keys.
   *
   * @param state the registration's state
   * @param id as etcdctl shows it; null without one
   * @param sinceMillis when the state was entered, in milliseconds since the epoch
   * @param acquisitions how often keys were written under a new lease, or written again
   */
  record Lease(String state, @Nullable String id, long sinceMillis, long acquisitions) {}

  /**
   * A service.
   *
   * @param name its name
   * @param origin the source of its list of instances
   * @param following whether the list currently follows etcd
   * @param ageSeconds how long ago the list last changed
   * @param held the number of instances kept although etcd no longer has them
   * @param instances the instances that accept calls
   */
  record Service(
      String name,
      String origin,
      boolean following,
      long ageSeconds,
      int held,
      List<Instance> instances) {}

  /**
   * An instance of a service.
   *
   * @param address its address
   * @param self whether it is this process
   * @param zone its zone, if known
   * @param version the application's version, if known
   * @param weight its share of calls, if known
   * @param startedAt when it started, ISO 8601 in UTC, if known
   * @param lease the lease of its key when etcd was last read; null if unknown
   */
  record Instance(
      String address,
      boolean self,
      @Nullable String zone,
      @Nullable String version,
      @Nullable String weight,
      @Nullable String startedAt,
      @Nullable String lease) {}

  /**
   * A circuit breaker.
   *
   * @param service the service behind it
   * @param state its state; an open breaker refuses all calls
   * @param failureRate the percentage of failed recent calls; -1 while there are too few
   * @param calls the number of these recent calls
   * @param refused the number of refused calls
   */
  record Breaker(
      String service, CircuitBreaker.State state, float failureRate, int calls, long refused) {}

  /**
   * Who may call the process.
   *
   * @param transport how connections are secured: plaintext, permissive or strict
   * @param identity whether customers must be known: open or required
   * @param mode what the rules do: off, shadow or enforce
   * @param rules the rules for its own methods and all others, by method or service
   * @param proved what calls proved of their callers, and how often
   */
  record Security(
      String transport, String identity, String mode, List<Rule> rules, List<Proved> proved) {}

  /**
   * A rule.
   *
   * @param method a method, or a service and {@code *}
   * @param callers the workloads that may call
   * @param user whom the call must be for, in words; empty for nobody in particular
   * @param refused how many calls it refused
   */
  record Rule(String method, List<String> callers, String user, long refused) {}

  /**
   * What calls proved.
   *
   * @param kind workload or user
   * @param outcome such as proved, none or invalid
   */
  record Proved(String kind, String outcome, long count) {}

  /**
   * The calls of one method.
   *
   * @param direction "in" or "out"
   * @param method package, service and method
   * @param count the number of finished calls
   * @param failed the number of these with a status other than OK
   * @param seconds their total duration
   */
  record Calls(String direction, String method, long count, long failed, double seconds) {}
}
