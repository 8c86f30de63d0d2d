package dev.platform.spring.discovery;

import dev.platform.core.discovery.InstanceDirectory;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.ReactiveDiscoveryClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Like {@link EtcdDiscoveryClient}, but never blocks. */
final class EtcdReactiveDiscoveryClient implements ReactiveDiscoveryClient {

  private final InstanceDirectory directory;

  EtcdReactiveDiscoveryClient(InstanceDirectory directory) {
    this.directory = directory;
  }

  @Override
  public String description() {
    return "etcd";
  }

  @Override
  public Flux<ServiceInstance> getInstances(String serviceId) {
    return Flux.defer(
        () ->
            Mono.fromFuture(() -> directory.firstList(serviceId))
                .timeout(directory.waitForFirstList(), Mono.just(directory.latest(serviceId)))
                .flatMapIterable(
                    first -> EtcdDiscoveryClient.instances(directory.latest(serviceId))));
  }

  @Override
  public Flux<String> getServices() {
    return Mono.fromFuture(directory::serviceIds).flatMapIterable(names -> names);
  }
}
