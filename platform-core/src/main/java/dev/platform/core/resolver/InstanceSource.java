package dev.platform.core.resolver;

import dev.platform.core.instance.Instance;
import java.util.List;
import java.util.function.Consumer;

/** Provides a service's instances to a resolver. No method blocks. */
public interface InstanceSource {

  /**
   * Publishes the instances as soon as they are known and whenever they change, on any thread but
   * never concurrently.
   *
   * @return ends the subscription
   */
  Runnable subscribe(String serviceId, Consumer<List<Instance>> subscriber);

  /**
   * Another source has lost instances of the service: a source that polls its registry polls now.
   */
  default void refresh(String serviceId) {}

  /** The state of the registry behind it, for messages. */
  String describe();
}
