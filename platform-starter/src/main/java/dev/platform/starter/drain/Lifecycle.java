package dev.platform.starter.drain;

import dev.platform.starter.registry.AutoRegistration;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import net.devh.boot.grpc.server.event.GrpcServerShutdownEvent;
import net.devh.boot.grpc.server.event.GrpcServerTerminatedEvent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.SmartApplicationListener;

/**
 * Lets a process come and go without a caller noticing. When the context closes, and before any
 * server stops: health says NOT_SERVING and readiness refuses, the registration is taken out of
 * etcd, and for one propagation delay calls are still served, since some callers learn of it a
 * little later. Then streams are ended with a status that sends their callers elsewhere, the
 * servers stop accepting, and calls under way end. What does not end in time is cut, and said so.
 */
public final class Lifecycle implements SmartApplicationListener, DisposableBean {

  private static final Logger log = LoggerFactory.getLogger(Lifecycle.class);

  private final ConfigurableApplicationContext context;
  private final Optional<AutoRegistration> registration;
  private final GrpcHealth health;
  private final OpenCalls calls;
  private final UnfinishedCalls unfinished;
  private final DrainProperties properties;
  private final DrainDeadline deadline;
  private final SecondSignal secondSignal;
  private volatile LifecyclePhase phase = LifecyclePhase.STARTING;

  Lifecycle(
      ConfigurableApplicationContext context,
      Optional<AutoRegistration> registration,
      GrpcHealth health,
      OpenCalls calls,
      UnfinishedCalls unfinished,
      DrainProperties properties) {
    this.context = context;
    this.registration = registration;
    this.health = health;
    this.calls = calls;
    this.unfinished = unfinished;
    this.properties = properties;
    this.deadline = new DrainDeadline(calls, unfinished);
    this.secondSignal = new SecondSignal(calls);
  }

  /** Where the process stands. */
  public LifecyclePhase phase() {
    return phase;
  }

  /** Calls under way, by method. */
  public Map<String, Integer> openCalls() {
    return calls.byMethod();
  }

  @Override
  public boolean supportsEventType(Class<? extends ApplicationEvent> type) {
    return AvailabilityChangeEvent.class.isAssignableFrom(type)
        || ContextClosedEvent.class.isAssignableFrom(type)
        || GrpcServerShutdownEvent.class.isAssignableFrom(type)
        || GrpcServerTerminatedEvent.class.isAssignableFrom(type);
  }

  /** Before every other listener: nothing may stop while the process is still in discovery. */
  @Override
  public int getOrder() {
    return HIGHEST_PRECEDENCE;
  }

  @Override
  public void onApplicationEvent(ApplicationEvent event) {
    if (event instanceof AvailabilityChangeEvent<?> change && change.getSource() == context) {
      readinessChanged(change);
    } else if (event instanceof ContextClosedEvent closed
        && closed.getApplicationContext() == context) {
      leave();
    } else if (event instanceof GrpcServerShutdownEvent shutdown) {
      deadline.start(shutdown.getServer(), properties.timeout());
      calls.endStreams();
    } else if (event instanceof GrpcServerTerminatedEvent) {
      letInterceptorsFinish();
      stopped();
    }
  }

  /** For an app without a gRPC server, which nothing else tells of its end. */
  @Override
  public void destroy() {
    stopped();
  }

  private synchronized void readinessChanged(AvailabilityChangeEvent<?> change) {
    if (change.getState() == ReadinessState.ACCEPTING_TRAFFIC) {
      if (!context.isRunning()) {
        // Not every server listens yet; Boot says it again when they do.
        return;
      }
      if (phase == LifecyclePhase.STARTING) {
        enter(LifecyclePhase.UP);
      }
      health.serving(phase == LifecyclePhase.UP);
    } else if (change.getState() == ReadinessState.REFUSING_TRAFFIC) {
      health.serving(false);
    }
  }

  private void leave() {
    if (!phase.mayBecome(LifecyclePhase.DRAINING)) {
      return;
    }
    enter(LifecyclePhase.DRAINING);
    secondSignal.listen();
    health.stop();
    AvailabilityChangeEvent.publish(context, ReadinessState.REFUSING_TRAFFIC);
    if (registration.isPresent() && registration.get().leave()) {
      serveOn(properties.delay());
    }
  }

  private void serveOn(Duration delay) {
    try {
      Thread.sleep(delay.toMillis());
    } catch (InterruptedException e) {
      // Somebody wants it faster.
      Thread.currentThread().interrupt();
    }
  }

  /** They have no more than a few lines to run. */
  private void letInterceptorsFinish() {
    try {
      unfinished.awaitNone(Duration.ofSeconds(1));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void stopped() {
    if (phase.mayBecome(LifecyclePhase.STOPPED)) {
      deadline.stop();
      enter(LifecyclePhase.STOPPED);
    }
  }

  private void enter(LifecyclePhase next) {
    LifecyclePhase before = phase;
    phase = before.to(next);
    log.info("Lifecycle: {} -> {}", before, next);
  }
}
