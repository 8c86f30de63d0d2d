package dev.platform.spring.registry;

import dev.platform.core.instance.Instance;
import dev.platform.core.instance.InstanceCodec;
import dev.platform.core.instance.InstanceMetadata;
import dev.platform.core.instance.Layout;
import dev.platform.core.registry.Claim;
import dev.platform.core.registry.EtcdRegistrar;
import dev.platform.core.registry.LeaseSnapshot;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.cloud.client.serviceregistry.ServiceRegistry;
import org.springframework.util.ClassUtils;

/**
 * Spring Cloud's service registry over etcd. All registrations of the process share one lease.
 * {@link #register} returns at once; the registration is kept in etcd, and restored after any loss,
 * until it is removed. {@link #deregister}, {@link #setStatus} to {@code OUT_OF_SERVICE} and {@link
 * #close} wait until etcd has deleted the keys, at most the time of one request. Thread-safe.
 */
public final class EtcdServiceRegistry implements ServiceRegistry<EtcdRegistration> {

  private static final Logger log = LoggerFactory.getLogger(EtcdServiceRegistry.class);

  private static final boolean WITH_ACTUATOR =
      ClassUtils.isPresent(
          "org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException",
          EtcdServiceRegistry.class.getClassLoader());

  private final EtcdRegistrar registrar;
  private final InstanceCodec codec;
  private final Set<Layout> layouts;
  private final Duration releaseTimeout;
  // guarded by this
  private final Map<EtcdRegistration, List<Claim>> registered = new LinkedHashMap<>();
  private final Map<EtcdRegistration, String> statuses = new LinkedHashMap<>();
  private Consumer<Boolean> statusListener = outOfService -> {};
  private boolean closed;

  /**
   * @param registrar has the keys and the lease
   * @param codec writes instances in the platform's layout
   * @param layouts each instance is registered in all of these
   * @param requestTimeout how long a deregistration may take
   */
  public EtcdServiceRegistry(
      EtcdRegistrar registrar, InstanceCodec codec, Set<Layout> layouts, Duration requestTimeout) {
    this.registrar = registrar;
    this.codec = codec;
    this.layouts = Set.copyOf(layouts);
    this.releaseTimeout = requestTimeout;
  }

  /**
   * Registers, unless an operator has set the registration out of service.
   *
   * @throws IllegalStateException if the process would have more keys than etcd takes at once: 128
   */
  @Override
  public synchronized void register(EtcdRegistration registration) {
    if (closed || registered.containsKey(registration)) {
      return;
    }
    List<Claim> claims =
        registration.instances().stream()
            .flatMap(instance -> claims(registration, instance).stream())
            .toList();
    int keys = claims.size() + registered.values().stream().mapToInt(List::size).sum();
    if (keys > EtcdRegistrar.MAX_KEYS) {
      throw new IllegalStateException(
          "This process would be registered under %d keys (expected: at most %d)"
              .formatted(keys, EtcdRegistrar.MAX_KEYS));
    }
    registered.put(registration, claims);
    if (isUp(registration)) {
      registrar.claim(claims);
    }
  }

  @Override
  public void deregister(EtcdRegistration registration) {
    CompletableFuture<Void> released;
    synchronized (this) {
      List<Claim> claims = registered.remove(registration);
      if (claims == null) {
        return;
      }
      released = release(claims);
    }
    await(released);
  }

  /** Deregisters everything, permanently. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      registered.clear();
    }
    await(registrar.close());
  }

  /**
   * Takes an instance out of discovery, or puts it back. The status survives a lost lease.
   *
   * @param status {@code UP} or {@code OUT_OF_SERVICE}
   * @throws InvalidEndpointRequestException for another status, which the endpoint {@code
   *     serviceregistry} answers with 400; without the actuator an {@link IllegalArgumentException}
   */
  @Override
  public void setStatus(EtcdRegistration registration, String status) {
    if (!status.equals(InstanceMetadata.UP) && !status.equals(InstanceMetadata.OUT_OF_SERVICE)) {
      throw invalid("status: %s (expected: UP or OUT_OF_SERVICE)".formatted(status));
    }
    CompletableFuture<Void> released = CompletableFuture.completedFuture(null);
    synchronized (this) {
      String before = statuses.put(registration, status);
      if (status.equals(before == null ? InstanceMetadata.UP : before)) {
        return;
      }
      log.info("Status of {} set to {}", registration, status);
      statusListener.accept(!isUp(registration));
      List<Claim> claims = registered.getOrDefault(registration, List.of());
      if (isUp(registration)) {
        registrar.claim(claims);
      } else {
        released = release(claims);
      }
    }
    await(released);
  }

  /**
   * {@code UP} when registered in etcd, {@code OUT_OF_SERVICE} when an operator has set it, {@code
   * UNKNOWN} while it is not registered (any more, or yet).
   */
  @Override
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // the interface's own signature
  public synchronized <T> T getStatus(EtcdRegistration registration) {
    if (!isUp(registration)) {
      return (T) InstanceMetadata.OUT_OF_SERVICE;
    }
    boolean held = registered.containsKey(registration) && registrar.snapshot().isHeld();
    return (T) (held ? InstanceMetadata.UP : "UNKNOWN");
  }

  /**
   * @param listener notified of whether an operator has taken the process out of service, when that
   *     changes; must not block
   */
  synchronized void onStatus(Consumer<Boolean> listener) {
    statusListener = listener;
  }

  /** Whether anything is to be in etcd: registered, and not set out of service by an operator. */
  public synchronized boolean isWanted() {
    return registered.keySet().stream().anyMatch(this::isUp);
  }

  /** The state of the process's lease. */
  public LeaseSnapshot lease() {
    return registrar.snapshot();
  }

  long renewals() {
    return registrar.renewals();
  }

  long failedRenewals() {
    return registrar.failedRenewals();
  }

  long timesRoutable() {
    return registrar.timesRoutable();
  }

  long nanosToRoutable() {
    return registrar.nanosToRoutable();
  }

  private static RuntimeException invalid(String message) {
    return WITH_ACTUATOR ? BadRequest.of(message) : new IllegalArgumentException(message);
  }

  /** Only loaded beside the actuator, whose exception it has. */
  private static final class BadRequest {

    static RuntimeException of(String message) {
      return new InvalidEndpointRequestException(message, "unknown status");
    }
  }

  private boolean isUp(EtcdRegistration registration) {
    return !InstanceMetadata.OUT_OF_SERVICE.equals(statuses.get(registration));
  }

  private List<Claim> claims(EtcdRegistration registration, Instance instance) {
    return Claim.of(codec, layouts, instance, registration::listensItself);
  }

  /** Claims and releases reach the registrar in the order of the calls. */
  private CompletableFuture<Void> release(List<Claim> claims) {
    List<String> keys = claims.stream().map(Claim::key).toList();
    return registrar.release(keys).thenRun(() -> log.info("Deregistered {}", keys));
  }

  private void await(CompletableFuture<Void> done) {
    try {
      done.get(releaseTimeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      log.warn(
          "etcd did not confirm the deregistration in time; the keys will expire with the lease");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      throw new IllegalStateException("Deregistration failed", e);
    }
  }
}
