package dev.platform.order.platform;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The platform as one process sees it.
 *
 * @param at when, in milliseconds since the epoch
 * @param self the process
 * @param services all services in the registry, by name
 * @param breakers the circuit breakers in front of what it calls
 * @param calls its calls since it started, in and out
 */
record PlatformView(
    long at, Self self, List<Service> services, List<Breaker> breakers, List<Calls> calls) {

  /**
   * The process.
   *
   * @param app the application's name
   * @param instanceId null where nothing is registered
   * @param phase where it stands between coming and going
   * @param etcd whether etcd answers; null when it is not asked
   * @param status whether it takes calls; null where nothing is registered
   * @param lease null where nothing is registered
   * @param openCalls calls under way in its gRPC server, by method
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
   * The lease that the process's keys stand under.
   *
   * @param state where the process stands with it
   * @param id as etcdctl shows it; null without one
   * @param sinceMillis when the state was entered, in milliseconds since the epoch
   * @param acquisitions how often keys were put under a new one, or put again
   */
  record Lease(String state, @Nullable String id, long sinceMillis, long acquisitions) {}

  /**
   * A service.
   *
   * @param name what it is called
   * @param origin how the list of its instances became known
   * @param following whether the list follows etcd at this moment
   * @param ageSeconds how long ago the list last changed
   * @param held how many instances are listed although etcd no longer has them
   * @param instances those that take calls
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
   * @param address where it takes calls
   * @param self whether it is this process
   * @param zone where it runs, if it tells
   * @param version of the application, if it tells
   * @param weight its share of calls, if it tells
   * @param startedAt when it started, ISO 8601 in UTC, if it tells
   * @param lease the lease that its key stood under when etcd was last asked; null if not known
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
   * @param state open ones refuse all calls
   * @param failureRate per cent of the latest calls; -1 while they are too few
   * @param calls how many calls that looks at
   * @param refused how many calls it has refused
   */
  record Breaker(
      String service, CircuitBreaker.State state, float failureRate, int calls, long refused) {}

  /**
   * The calls of one method.
   *
   * @param direction "in" or "out"
   * @param method package, service and method
   * @param count how many have ended
   * @param failed how many of them with a status other than OK
   * @param seconds how long all of them took together
   */
  record Calls(String direction, String method, long count, long failed, double seconds) {}
}
