package dev.platform.starter.resolver;

import java.util.List;
import java.util.function.Consumer;
import org.springframework.cloud.client.ServiceInstance;

/** Where a resolver gets a service's instances from. */
interface InstanceSource {

  /**
   * Tells the instances as soon as they are known and whenever they change, on any thread but never
   * two at once.
   *
   * @return ends the subscription
   */
  Runnable subscribe(String serviceId, Consumer<List<? extends ServiceInstance>> subscriber);

  /** What is known of the registry behind it, for messages. */
  String describe();
}
