package dev.platform.spring.discovery;

import dev.platform.core.discovery.InstanceDirectory;
import dev.platform.core.discovery.InstanceList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.DiscoveryClient;

/**
 * Spring Cloud's discovery over the {@link InstanceDirectory}. The first look-up of a service waits
 * for its list, at most {@code platform.discovery.wait-for-first-list}; later ones never do.
 */
public final class EtcdDiscoveryClient implements DiscoveryClient {

  private final InstanceDirectory directory;

  EtcdDiscoveryClient(InstanceDirectory directory) {
    this.directory = directory;
  }

  @Override
  public String description() {
    return "etcd";
  }

  @Override
  public List<ServiceInstance> getInstances(String serviceId) {
    InstanceList list = directory.latest(serviceId);
    if (!list.isKnown()) {
      within(directory.firstList(serviceId), () -> list);
      return instances(directory.latest(serviceId));
    }
    return instances(list);
  }

  @Override
  public List<String> getServices() {
    return within(directory.serviceIds(), List::of);
  }

  static List<ServiceInstance> instances(InstanceList list) {
    return list.instances().stream().<ServiceInstance>map(EtcdServiceInstance::new).toList();
  }

  private <T> T within(CompletableFuture<T> answer, Supplier<T> fallback) {
    try {
      return answer.get(directory.waitForFirstList().toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      return fallback.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return fallback.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }
}
