package dev.platform.starter.drain;

import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.HealthStatusManager;
import java.util.List;
import java.util.Optional;
import net.devh.boot.grpc.server.event.GrpcServerStartedEvent;
import org.springframework.context.event.EventListener;

/**
 * What gRPC's standard health service answers, for the server as a whole and for each of its
 * services: SERVING while readiness accepts traffic, else NOT_SERVING.
 */
final class GrpcHealth {

  private final Optional<HealthStatusManager> manager;
  private volatile List<String> services = List.of();
  private volatile boolean serving;

  GrpcHealth(Optional<HealthStatusManager> manager) {
    this.manager = manager;
    serving(false);
  }

  @EventListener
  void onServerStarted(GrpcServerStartedEvent event) {
    Server server = event.getServer();
    services =
        server.getServices().stream()
            .map(ServerServiceDefinition::getServiceDescriptor)
            .map(descriptor -> descriptor.getName())
            .toList();
    serving(serving);
  }

  void serving(boolean now) {
    serving = now;
    ServingStatus status = now ? ServingStatus.SERVING : ServingStatus.NOT_SERVING;
    manager.ifPresent(
        health -> {
          health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, status);
          services.forEach(service -> health.setStatus(service, status));
        });
  }

  /** NOT_SERVING, for good. */
  void stop() {
    serving = false;
    manager.ifPresent(HealthStatusManager::enterTerminalState);
  }
}
