package dev.platform.core.drain;

import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.HealthStatusManager;
import java.util.List;
import java.util.Optional;

/**
 * The status of gRPC's standard health service, for the server as a whole and for each of its
 * services: SERVING while readiness accepts traffic, else NOT_SERVING.
 */
public final class GrpcHealth {

  private final Optional<HealthStatusManager> manager;
  private volatile List<String> services = List.of();
  private volatile boolean serving;

  /**
   * @param manager of the health service; empty where the server has none
   */
  public GrpcHealth(Optional<HealthStatusManager> manager) {
    this.manager = manager;
    serving(false);
  }

  /** Reports the status of each of the server's services from now on. */
  public void serverStarted(Server server) {
    services =
        server.getServices().stream()
            .map(ServerServiceDefinition::getServiceDescriptor)
            .map(descriptor -> descriptor.getName())
            .toList();
    serving(serving);
  }

  /** Whether the server accepts calls now. */
  public void serving(boolean now) {
    serving = now;
    ServingStatus status = now ? ServingStatus.SERVING : ServingStatus.NOT_SERVING;
    manager.ifPresent(
        health -> {
          health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, status);
          services.forEach(service -> health.setStatus(service, status));
        });
  }

  /** NOT_SERVING, permanently. */
  public void stop() {
    serving = false;
    manager.ifPresent(HealthStatusManager::enterTerminalState);
  }
}
