package dev.platform.core.start;

import dev.platform.core.breaker.CircuitBreakerClientInterceptor;
import dev.platform.core.breaker.CircuitBreakerSettings;
import dev.platform.core.breaker.ServiceBreakers;
import dev.platform.core.chain.ClientChain;
import dev.platform.core.chain.ClientLink;
import dev.platform.core.chain.ClientStage;
import dev.platform.core.chain.ServerChain;
import dev.platform.core.chain.ServerLink;
import dev.platform.core.chain.ServerStage;
import dev.platform.core.request.IncomingRequests;
import dev.platform.core.telemetry.TelemetryClientInterceptor;
import dev.platform.core.telemetry.TelemetryServerInterceptor;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The process's chains for warm-up calls: with what would leave a trace of a call replaced by a
 * copy that keeps it to itself, and without what is about callers.
 *
 * @param server the interceptors of served calls
 * @param client the interceptors of made calls
 */
public record WarmUpChains(ServerChain server, ClientChain client) {

  private static final Set<ServerStage> SERVER =
      EnumSet.of(
          ServerStage.TRAILER_LIMIT,
          ServerStage.REJECTION,
          ServerStage.TELEMETRY,
          ServerStage.DEADLINE,
          ServerStage.UPSTREAM_RETRY,
          ServerStage.EXCEPTION_MAPPING);

  private static final Set<ClientStage> CLIENT =
      EnumSet.of(
          ClientStage.RECORD,
          ClientStage.TELEMETRY,
          ClientStage.DEADLINE,
          ClientStage.CIRCUIT_BREAKER,
          ClientStage.CALLER,
          ClientStage.RETRY);

  /**
   * Makes them of the process's own.
   *
   * @param requests checks requests outside all interceptors; null for no checks
   * @param nanoTime monotonic time in nanoseconds, the same as that of the call records
   */
  public static WarmUpChains of(
      Collection<ServerLink> server,
      Collection<ClientLink> client,
      @Nullable IncomingRequests requests,
      LongSupplier nanoTime) {
    return new WarmUpChains(
        new ServerChain(server.stream().flatMap(WarmUpChains::kept).toList(), requests),
        new ClientChain(client.stream().flatMap(link -> kept(link, nanoTime)).toList()));
  }

  private static Stream<ServerLink> kept(ServerLink link) {
    if (!SERVER.contains(link.stage())) {
      return Stream.empty();
    }
    return Stream.of(
        link.interceptor() instanceof TelemetryServerInterceptor telemetry
            ? new ServerLink(link.stage(), telemetry.unmetered())
            : link);
  }

  private static Stream<ClientLink> kept(ClientLink link, LongSupplier nanoTime) {
    if (!CLIENT.contains(link.stage())) {
      return Stream.empty();
    }
    if (link.interceptor() instanceof TelemetryClientInterceptor telemetry) {
      return Stream.of(new ClientLink(link.stage(), telemetry.unmetered()));
    }
    return Stream.of(
        link.stage() == ClientStage.CIRCUIT_BREAKER
            ? new ClientLink(link.stage(), breakers(nanoTime))
            : link);
  }

  private static CircuitBreakerClientInterceptor breakers(LongSupplier nanoTime) {
    CircuitBreakerConfig config =
        CircuitBreakerConfig.custom().slidingWindow(10, 20, SlidingWindowType.TIME_BASED).build();
    return new CircuitBreakerClientInterceptor(
        new ServiceBreakers(
            CircuitBreakerRegistry.of(config), CircuitBreakerSettings.defaults(), nanoTime));
  }
}
