package dev.platform.spring.security;

import dev.platform.core.identity.WorkloadIdentities;
import dev.platform.core.identity.WorkloadIdentity;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Which certificates prove which workloads.
 *
 * @param trustDomain SPIFFE's trust domain; the ids of other domains prove nothing. Without it only
 *     the ids in {@code identities} do
 * @param identities workloads by their names in rules
 */
@ConfigurationProperties("platform.security")
public record IdentityProperties(
    @Nullable String trustDomain, @DefaultValue Map<String, Identity> identities) {

  /**
   * One workload.
   *
   * @param spiffeId its SPIFFE id
   * @param dnsNames names that its certificate may have instead; each belongs to one workload
   * @param services the services that it may serve, besides those that its certificate names
   */
  public record Identity(
      @Nullable String spiffeId,
      @DefaultValue Set<String> dnsNames,
      @DefaultValue Set<String> services) {}

  public IdentityProperties {
    identities = Map.copyOf(identities);
    of(trustDomain, identities);
  }

  /** The same for certificates. */
  public WorkloadIdentities workloads() {
    return of(trustDomain, identities);
  }

  private static WorkloadIdentities of(
      @Nullable String trustDomain, Map<String, Identity> identities) {
    return WorkloadIdentities.of(
        trustDomain,
        identities.entrySet().stream()
            .map(
                each ->
                    new WorkloadIdentity(
                        each.getKey(),
                        each.getValue().spiffeId(),
                        each.getValue().dnsNames(),
                        each.getValue().services()))
            .toList());
  }
}
