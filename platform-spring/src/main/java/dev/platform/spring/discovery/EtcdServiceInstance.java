package dev.platform.spring.discovery;

import dev.platform.core.instance.Instance;
import java.net.URI;
import java.util.Map;
import org.springframework.cloud.client.ServiceInstance;

/**
 * An instance in etcd as a Spring Cloud {@link ServiceInstance}. Immutable.
 *
 * @param instance the instance in etcd
 */
public record EtcdServiceInstance(Instance instance) implements ServiceInstance {

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

  @Override
  public Map<String, String> getMetadata() {
    return instance.metadata();
  }
}
