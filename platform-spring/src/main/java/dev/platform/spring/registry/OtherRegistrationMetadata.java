package dev.platform.spring.registry;

import dev.platform.core.instance.InstanceMetadata;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.cloud.client.serviceregistry.Registration;

/**
 * The metadata that this process has in other registries: what it has in etcd, and the port where
 * its gRPC server listens. Thread-safe.
 */
final class OtherRegistrationMetadata {

  private static final Logger log = LoggerFactory.getLogger(OtherRegistrationMetadata.class);

  private final Supplier<Map<String, String>> common;
  private final Supplier<@Nullable EtcdRegistration> etcd;
  private final @Nullable Integer advertisedPort;
  private volatile int grpcPort;

  /**
   * @param common for a process that is not registered in etcd
   * @param etcd what this process registers in etcd; null for nothing
   * @param advertisedPort the port for callers; null for that of the server
   */
  OtherRegistrationMetadata(
      Supplier<Map<String, String>> common,
      Supplier<@Nullable EtcdRegistration> etcd,
      @Nullable Integer advertisedPort) {
    this.common = common;
    this.etcd = etcd;
    this.advertisedPort = advertisedPort;
  }

  /**
   * @param port 0 for an in-process server
   */
  void grpcServerStarted(int port) {
    if (port > 0) {
      grpcPort = advertisedPort == null ? port : advertisedPort;
    }
  }

  /** Adds what is missing. What the application has set for this registry wins, except the port. */
  void completeFor(Registration registration) {
    EtcdRegistration inEtcd = etcd.get();
    Map<String, String> metadata = registration.getMetadata();
    if (metadata == null) {
      // Consul's client has none for what it registers of a management port.
      return;
    }
    try {
      (inEtcd == null ? common.get() : inEtcd.getMetadata()).forEach(metadata::putIfAbsent);
      if (grpcPort > 0) {
        // Frameworks put the configured port there, which may be 0: any free one.
        metadata.put(InstanceMetadata.GRPC_PORT, Integer.toString(grpcPort));
      }
    } catch (UnsupportedOperationException e) {
      log.warn(
          "{} has metadata that can't be changed: callers see port {}, not the gRPC server's {}",
          registration.getClass().getSimpleName(),
          registration.getPort(),
          grpcPort,
          e);
    }
    if (inEtcd != null && !Objects.equals(inEtcd.getHost(), registration.getHost())) {
      log.warn(
          "This process is registered at {} in etcd and at {} elsewhere: callers that read both take"
              + " it for two instances",
          inEtcd.getHost(),
          registration.getHost());
    }
  }
}
