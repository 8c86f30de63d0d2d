package dev.platform.core.resolver;

import dev.platform.core.instance.Instance;
import java.util.List;
import java.util.function.Consumer;

/** Where a resolver gets a service's instances from. */
public interface InstanceSource {

  /**
   * Tells the instances as soon as they are known and whenever they change, on any thread but never
   * two at once.
   *
   * @return ends the subscription
   */
  Runnable subscribe(String serviceId, Consumer<List<Instance>> subscriber);

  /** What is known of the registry behind it, for messages. */
  String describe();
}
