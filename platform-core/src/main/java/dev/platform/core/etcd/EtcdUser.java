package dev.platform.core.etcd;

import java.util.Set;

/**
 * A user of etcd, which may write the keys of its own services and read those of all.
 *
 * @param name the user's name; with client certificates, their common name
 * @param services the services that it may register
 */
public record EtcdUser(String name, Set<String> services) {

  public EtcdUser {
    services = Set.copyOf(services);
  }
}
