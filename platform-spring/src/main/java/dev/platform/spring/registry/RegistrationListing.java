package dev.platform.spring.registry;

import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.cloud.client.serviceregistry.Registration;

/**
 * What other registries than etcd list of this process, as callers see it: by the application's
 * discovery clients. Thread-safe. Blocks as long as a client does.
 */
final class RegistrationListing {

  private static final Logger log = LoggerFactory.getLogger(RegistrationListing.class);

  private final Supplier<List<DiscoveryClient>> clients;

  /** Whether a registration is listed. */
  enum Answer {
    LISTED,
    /** All clients have answered, and none lists it. */
    MISSING,
    /** One has not answered, or there is none. */
    UNKNOWN
  }

  /**
   * @param clients those of other registries than etcd
   */
  RegistrationListing(Supplier<List<DiscoveryClient>> clients) {
    this.clients = clients;
  }

  /** Never fails. */
  Answer find(Registration registration) {
    boolean complete = false;
    try {
      for (DiscoveryClient client : clients.get()) {
        if (client.getInstances(registration.getServiceId()).stream()
            .anyMatch(instance -> isSame(instance, registration))) {
          return Answer.LISTED;
        }
        complete = true;
      }
    } catch (RuntimeException | LinkageError e) {
      log.debug("A registry does not answer", e);
      return Answer.UNKNOWN;
    }
    return complete ? Answer.MISSING : Answer.UNKNOWN;
  }

  /** Not every registry lists the id that was registered. */
  private static boolean isSame(ServiceInstance instance, Registration registration) {
    String id = registration.getInstanceId();
    return (id != null && id.equals(instance.getInstanceId()))
        || (instance.getPort() == registration.getPort()
            && Objects.equals(instance.getHost(), registration.getHost()));
  }
}
