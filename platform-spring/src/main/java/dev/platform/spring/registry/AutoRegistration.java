package dev.platform.spring.registry;

import dev.platform.spring.server.ServerListener;
import io.grpc.Server;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.cloud.client.discovery.event.InstanceRegisteredEvent;
import org.springframework.cloud.client.serviceregistry.AutoServiceRegistration;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.SmartApplicationListener;

/**
 * Registers once the app can serve: every server listens and readiness accepts traffic. Deregisters
 * while readiness refuses traffic. At shutdown the drain deregisters.
 */
public final class AutoRegistration
    implements AutoServiceRegistration, SmartApplicationListener, ServerListener {

  private static final Logger log = LoggerFactory.getLogger(AutoRegistration.class);

  private final ConfigurableApplicationContext context;
  private final EtcdServiceRegistry registry;
  private final EtcdRegistration registration;
  private boolean registered;
  private boolean leaving;

  public AutoRegistration(
      ConfigurableApplicationContext context,
      EtcdServiceRegistry registry,
      EtcdRegistration registration) {
    this.context = context;
    this.registry = registry;
    this.registration = registration;
  }

  @Override
  public boolean supportsEventType(Class<? extends ApplicationEvent> type) {
    return AvailabilityChangeEvent.class.isAssignableFrom(type);
  }

  @Override
  public void onApplicationEvent(ApplicationEvent event) {
    if (event instanceof AvailabilityChangeEvent<?> change
        && Objects.equals(change.getSource(), context)) {
      readinessChanged(change);
    }
  }

  @Override
  public void grpcServerStarted(Server server, int port, @Nullable String address) {
    if (port > 0) {
      registration.grpcServerStarted(port, address);
    }
  }

  @Override
  public void webServerStarted(int port) {
    registration.webServerStarted(port);
  }

  private synchronized void readinessChanged(AvailabilityChangeEvent<?> change) {
    if (leaving) {
      return;
    }
    if (change.getState() == ReadinessState.ACCEPTING_TRAFFIC) {
      // Readiness may accept before every server listens; Boot repeats the event afterwards.
      if (context.isRunning()) {
        register();
      }
    } else if (change.getState() == ReadinessState.REFUSING_TRAFFIC) {
      registry.deregister(registration);
    }
  }

  private void register() {
    if (registration.getPort() > 0) {
      registry.register(registration);
      if (!registered) {
        registered = true;
        context.publishEvent(new InstanceRegisteredEvent<>(this, registration));
      }
    } else {
      log.info("Nothing is registered: this app runs neither a gRPC server nor a web server");
    }
  }

  /**
   * Deregisters the process permanently. Waits until etcd has confirmed, with a bound.
   *
   * @return whether clients may still see this process as an instance
   */
  public synchronized boolean leave() {
    leaving = true;
    registry.close();
    return registered;
  }
}
