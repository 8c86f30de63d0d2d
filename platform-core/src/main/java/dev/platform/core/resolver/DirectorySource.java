package dev.platform.core.resolver;

import dev.platform.core.discovery.InstanceDirectory;
import dev.platform.core.instance.Instance;
import java.util.List;
import java.util.function.Consumer;

/** Instances from the directory's watch. */
public final class DirectorySource implements InstanceSource {

  private final InstanceDirectory directory;

  public DirectorySource(InstanceDirectory directory) {
    this.directory = directory;
  }

  @Override
  public Runnable subscribe(String serviceId, Consumer<List<Instance>> subscriber) {
    return directory.subscribe(serviceId, list -> subscriber.accept(list.instances()))::cancel;
  }

  @Override
  public String describe() {
    return directory.describeRegistry();
  }
}
