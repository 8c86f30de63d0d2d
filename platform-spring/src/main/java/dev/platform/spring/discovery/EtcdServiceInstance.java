package dev.platform.spring.discovery;

import dev.platform.core.instance.Instance;
import dev.platform.core.instance.InstanceMetadata;
import java.net.URI;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import org.springframework.cloud.client.ServiceInstance;

/**
 * An instance in etcd as a Spring Cloud {@link ServiceInstance}. Immutable.
 *
 * @param instance the instance in etcd
 */
public record EtcdServiceInstance(Instance instance) implements ServiceInstance {

  private static final String MANAGEMENT_PORT = "management.port";

  /** The {@code instance-id}; {@code host:port} for instances that carry none. */
  @Override
  public String getInstanceId() {
    return instance.id();
  }

  @Override
  public String getServiceId() {
    return instance.serviceId();
  }

  @Override
  public String getHost() {
    return instance.address().host();
  }

  /** The advertised port: that of the gRPC server, where there is one. */
  @Override
  public int getPort() {
    return instance.address().port();
  }

  @Override
  public boolean isSecure() {
    return false;
  }

  @Override
  public URI getUri() {
    return URI.create("http://" + instance.address());
  }

  /**
   * The metadata in etcd. With the key {@code management.port}, unless it is there, where HTTP has
   * a port of its own: Spring Boot Admin looks for the actuator there.
   */
  @Override
  public Map<String, String> getMetadata() {
    Map<String, String> metadata = instance.metadata();
    String http = metadata.get(InstanceMetadata.HTTP_PORT);
    if (http == null || metadata.containsKey(MANAGEMENT_PORT)) {
      return metadata;
    }
    Map<String, String> all = new HashMap<>(metadata);
    all.put(MANAGEMENT_PORT, http);
    return Collections.unmodifiableMap(all);
  }
}
