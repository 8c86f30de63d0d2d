package dev.platform.core.identity;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What proves a workload, and what it may serve.
 *
 * @param workload its name in rules
 * @param spiffeId its SPIFFE id; null if it has none
 * @param dnsNames names that its certificate may have instead; each belongs to one workload
 * @param services the services that it may serve
 */
public record WorkloadIdentity(
    String workload, @Nullable String spiffeId, Set<String> dnsNames, Set<String> services) {

  public WorkloadIdentity {
    dnsNames = Set.copyOf(dnsNames);
    services = Set.copyOf(services);
  }
}
