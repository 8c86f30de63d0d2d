package dev.platform.starter.drain;

import dev.platform.starter.registry.AutoRegistration;
import io.grpc.protobuf.services.HealthStatusManager;
import java.time.Duration;
import java.util.Optional;
import net.devh.boot.grpc.server.event.GrpcServerTerminatedEvent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.SmartApplicationListener;

/**
 * Lets a process leave without a caller noticing. When the context closes, and before any server
 * stops: health says NOT_SERVING and readiness refuses, the registration is taken out of etcd, and
 * for one propagation delay calls are still served, since some callers learn of it a little later.
 * Then the servers stop accepting and end the calls under way.
 */
public final class Drain implements SmartApplicationListener {

  private static final Logger log = LoggerFactory.getLogger(Drain.class);

  private final ApplicationContext context;
  private final Optional<AutoRegistration> registration;
  private final Optional<HealthStatusManager> health;
  private final Duration delay;
  private volatile DrainPhase phase = DrainPhase.SERVING;

  Drain(
      ApplicationContext context,
      Optional<AutoRegistration> registration,
      Optional<HealthStatusManager> health,
      Duration delay) {
    this.context = context;
    this.registration = registration;
    this.health = health;
    this.delay = delay;
  }

  /** Where the process stands. */
  public DrainPhase phase() {
    return phase;
  }

  @Override
  public boolean supportsEventType(Class<? extends ApplicationEvent> type) {
    return ContextClosedEvent.class.isAssignableFrom(type)
        || GrpcServerTerminatedEvent.class.isAssignableFrom(type);
  }

  /** Before every other listener: nothing may stop while the process is still in discovery. */
  @Override
  public int getOrder() {
    return HIGHEST_PRECEDENCE;
  }

  @Override
  public void onApplicationEvent(ApplicationEvent event) {
    if (event instanceof GrpcServerTerminatedEvent) {
      phase = DrainPhase.STOPPED;
    } else if (event instanceof ContextClosedEvent closed
        && closed.getApplicationContext() == context
        && phase == DrainPhase.SERVING) {
      leave();
    }
  }

  private void leave() {
    phase = DrainPhase.DRAINING;
    log.info("Leaving: out of discovery now, then serving on for {} ms", delay.toMillis());
    health.ifPresent(HealthStatusManager::enterTerminalState);
    AvailabilityChangeEvent.publish(context, ReadinessState.REFUSING_TRAFFIC);
    registration.ifPresent(AutoRegistration::leave);
    waitOnePropagation();
  }

  private void waitOnePropagation() {
    if (registration.isEmpty()) {
      return;
    }
    try {
      Thread.sleep(delay.toMillis());
    } catch (InterruptedException e) {
      // Somebody wants it faster.
      Thread.currentThread().interrupt();
    }
  }
}
