package dev.platform.starter.resolver;

import dev.platform.starter.discovery.InstanceDirectory;
import java.util.List;
import java.util.function.Consumer;
import org.springframework.cloud.client.ServiceInstance;

/** Instances pushed by the directory's watch. */
final class DirectorySource implements InstanceSource {

  private final InstanceDirectory directory;

  DirectorySource(InstanceDirectory directory) {
    this.directory = directory;
  }

  @Override
  public Runnable subscribe(
      String serviceId, Consumer<List<? extends ServiceInstance>> subscriber) {
    return directory.subscribe(serviceId, list -> subscriber.accept(list.instances()))::cancel;
  }

  @Override
  public String describe() {
    return directory.describeRegistry();
  }
}
