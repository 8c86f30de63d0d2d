package dev.platform.starter.registry;

import dev.platform.core.etcd.EtcdConnection;
import dev.platform.core.instance.InstanceCodec;
import dev.platform.core.instance.InstanceMetadata;
import dev.platform.core.instance.ValueFormat;
import dev.platform.core.registry.RegistrationLease;
import dev.platform.spring.registry.AdvertisedHost;
import dev.platform.spring.registry.EtcdRegistration;
import dev.platform.spring.registry.EtcdServiceRegistry;
import dev.platform.starter.etcd.MovedTime;
import dev.platform.starter.test.etcd.EtcdServer;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.springframework.cloud.commons.util.InetUtils;
import org.springframework.cloud.commons.util.InetUtilsProperties;

/** One process of the soak: what registers, without an application around it. */
final class SoakInstance {

  static final String SERVICE = "soak";

  private final int port;
  private final boolean certainOfItsAddress;
  private final EtcdConnection connection;
  private final EtcdServiceRegistry registry;
  private final EtcdRegistration registration;
  private boolean ready;

  /**
   * @param certainOfItsAddress whether it takes its key back from another process
   */
  SoakInstance(
      EtcdServer etcd,
      MovedTime time,
      Duration ttl,
      String id,
      int port,
      boolean certainOfItsAddress) {
    this.port = port;
    this.certainOfItsAddress = certainOfItsAddress;
    this.connection = time.open(etcd);
    this.registry =
        new EtcdServiceRegistry(
            new RegistrationLease(connection, ttl, Clock.systemUTC(), RandomGenerator.getDefault()),
            new InstanceCodec("", ValueFormat.GRPC),
            ValueFormat.GRPC,
            connection.requestTimeout());
    this.registration =
        new EtcdRegistration(
            List.of(SERVICE),
            id,
            Map.of(),
            new AdvertisedHost("127.0.0.1", new InetUtils(new InetUtilsProperties())),
            certainOfItsAddress ? null : port);
    registration.grpcServerStarted(port, "127.0.0.1");
  }

  int port() {
    return port;
  }

  String id() {
    return registration.getInstanceId();
  }

  String key() {
    return "/services/" + SERVICE + "/127.0.0.1:" + port;
  }

  boolean isCertainOfItsAddress() {
    return certainOfItsAddress;
  }

  boolean isReady() {
    return ready;
  }

  void ready(boolean now) {
    ready = now;
    if (now) {
      registry.register(registration);
    } else {
      registry.deregister(registration);
    }
  }

  boolean isRegistered(EtcdServer etcd) {
    return registry.lease().isHeld()
        && etcd.get(key()).filter(value -> value.contains(id())).isPresent();
  }

  /** Leaves in good order. */
  void leave() {
    registry.close();
    connection.close();
  }

  /** Dies without a word. */
  void die() {
    connection.close();
  }

  /** What another process would write at its address. */
  String foreignValue() {
    return "{\"Op\":0,\"Addr\":\"127.0.0.1:%d\",\"Metadata\":{\"%s\":\"another\"}}"
        .formatted(port, InstanceMetadata.INSTANCE_ID);
  }

  @Override
  public String toString() {
    return "%s (%d, %s)".formatted(id(), port, registry.lease());
  }
}
