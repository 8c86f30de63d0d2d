package dev.platform.spring.drain;

import dev.platform.core.drain.Drain;
import dev.platform.core.drain.LifecyclePhase;
import dev.platform.core.resolver.ResolverContext;
import dev.platform.spring.registry.AutoRegistration;
import dev.platform.spring.registry.OtherRegistrations;
import dev.platform.spring.server.ServerListener;
import io.grpc.Server;
import java.util.Map;
import java.util.Optional;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.SmartApplicationListener;

/**
 * Drains the process when its context closes, and before any server stops: readiness refuses
 * traffic, then {@link Drain} does the rest.
 */
public final class Lifecycle implements SmartApplicationListener, ServerListener, DisposableBean {

  private final ConfigurableApplicationContext context;
  private final Optional<AutoRegistration> registration;
  private final Optional<OtherRegistrations> others;
  private final Optional<ResolverContext> resolver;
  private final boolean behindServices;
  private final Drain drain;

  /**
   * @param behindServices whether others call this process by a list in which it does not register
   *     itself, such as that of a Kubernetes Service, and see its end a little later
   */
  Lifecycle(
      ConfigurableApplicationContext context,
      Optional<AutoRegistration> registration,
      Optional<OtherRegistrations> others,
      Optional<ResolverContext> resolver,
      boolean behindServices,
      Drain drain) {
    this.context = context;
    this.registration = registration;
    this.others = others;
    this.resolver = resolver;
    this.behindServices = behindServices;
    this.drain = drain;
  }

  /** The process's current phase. */
  public LifecyclePhase phase() {
    return drain.phase();
  }

  /** Calls in flight, by method. */
  public Map<String, Integer> openCalls() {
    return drain.openCalls();
  }

  @Override
  public boolean supportsEventType(Class<? extends ApplicationEvent> type) {
    return AvailabilityChangeEvent.class.isAssignableFrom(type)
        || ContextClosedEvent.class.isAssignableFrom(type);
  }

  /** Before every other listener: nothing may stop while the process is still registered. */
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
      drain.leave(this::deregister);
    }
  }

  @Override
  public void grpcServerStopping(Server server) {
    drain.serverStopping(server);
  }

  @Override
  public void grpcServerStopped() {
    drain.serverStopped();
  }

  /** For an application without a gRPC server: no other event reports its end. */
  @Override
  public void destroy() {
    drain.stopped();
  }

  private boolean deregister() {
    resolver.ifPresent(ResolverContext::leaving);
    // Before etcd: a client that sees the deletion there asks the other registries again.
    boolean inOthers = others.isPresent() && others.get().leave();
    AvailabilityChangeEvent.publish(context, ReadinessState.REFUSING_TRAFFIC);
    boolean inEtcd = registration.isPresent() && registration.get().leave();
    return inOthers || inEtcd || behindServices;
  }

  private void readinessChanged(AvailabilityChangeEvent<?> change) {
    if (change.getState() == ReadinessState.REFUSING_TRAFFIC) {
      drain.accepting(false);
    } else if (change.getState() == ReadinessState.ACCEPTING_TRAFFIC && context.isRunning()) {
      // Before that, not every server listens; Boot repeats the event when they do.
      drain.accepting(true);
    }
  }
}
