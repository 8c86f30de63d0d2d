package dev.platform.core.identity;

import dev.platform.core.InvalidPropertyException;
import dev.platform.core.instance.Printable;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which workload a certificate proves, and which services it may serve. A certificate with exactly
 * one SPIFFE id proves that (SPIFFE's X.509-SVID, section 2: one URI); one without URIs proves the
 * workload that its DNS names belong to. What is ambiguous proves nothing. Certificates must have
 * been checked against a trusted authority before. Immutable.
 */
public final class WorkloadIdentities {

  private static final String PREFIX = "platform.security.";
  private static final int DNS_NAME = 2;
  private static final int URI = 6;

  /** More names than any certificate of one workload has. */
  private static final int MAX_NAMES = 256;

  private static final int MAX_ID = 2048;
  private static final Pattern TRUST_DOMAIN = Pattern.compile("[a-z0-9._-]{1,255}");
  private static final Pattern SPIFFE_ID =
      Pattern.compile("spiffe://([a-z0-9._-]{1,255})((?:/[A-Za-z0-9._-]+)+)");

  private final @Nullable String trustDomain;
  private final Map<String, String> workloadsById = new HashMap<>();
  private final Map<String, String> workloadsByDnsName = new HashMap<>();
  private final Map<String, Set<String>> services = new HashMap<>();

  private WorkloadIdentities(
      @Nullable String trustDomain, Collection<WorkloadIdentity> identities) {
    this.trustDomain = trustDomain;
    for (WorkloadIdentity each : identities) {
      String name = PREFIX + "identities." + each.workload();
      if (each.spiffeId() != null) {
        checkId(name, each.spiffeId());
        claim(workloadsById, each.spiffeId(), each.workload(), name + ".spiffe-id");
      }
      for (String dnsName : new TreeSet<>(each.dnsNames())) {
        checkDnsName(name, dnsName);
        claim(workloadsByDnsName, lowerCase(dnsName), each.workload(), name + ".dns-names");
      }
      services.put(each.workload(), each.services());
    }
  }

  /**
   * The identities of these workloads.
   *
   * @param trustDomain SPIFFE's trust domain; ids of others prove nothing. Null accepts those of
   *     {@code identities} only
   * @throws InvalidPropertyException for a malformed name, or one that belongs to two workloads
   */
  public static WorkloadIdentities of(
      @Nullable String trustDomain, Collection<WorkloadIdentity> identities) {
    if (trustDomain != null && !TRUST_DOMAIN.matcher(trustDomain).matches()) {
      throw new InvalidPropertyException(
          PREFIX + "trust-domain", trustDomain, "lower case letters, digits, dots, dashes");
    }
    return new WorkloadIdentities(trustDomain, identities);
  }

  private void checkId(String property, String id) {
    var parsed = SPIFFE_ID.matcher(id);
    if (!parsed.matches()) {
      throw new InvalidPropertyException(
          property + ".spiffe-id", id, "spiffe://<trust domain>/<path>");
    }
    if (trustDomain != null && !parsed.group(1).equals(trustDomain)) {
      throw new InvalidPropertyException(
          property + ".spiffe-id", id, "an id of platform.security.trust-domain, " + trustDomain);
    }
  }

  private static void checkDnsName(String property, String name) {
    if (name.isBlank() || name.indexOf('*') >= 0) {
      throw new InvalidPropertyException(property + ".dns-names", name, "names without wildcards");
    }
  }

  private static void claim(
      Map<String, String> owners, String name, String workload, String property) {
    String other = owners.putIfAbsent(name, workload);
    if (other != null && !other.equals(workload)) {
      throw new InvalidPropertyException(
          property, name, "a name that only one workload has; it is one of " + other + ", too");
    }
  }

  /** The workload that a certificate proves. Never throws for what a certificate contains. */
  public PeerIdentity workload(X509Certificate certificate) {
    Names names;
    try {
      names = Names.of(certificate);
    } catch (CertificateParsingException e) {
      return PeerIdentity.none("the certificate's names can't be read");
    }
    if (names.tooMany) {
      return PeerIdentity.none("the certificate has more than %d names".formatted(MAX_NAMES));
    }
    return names.uris.isEmpty() ? byDnsNames(names.dnsNames) : byUri(names.uris);
  }

  /** The workload that a certificate with these URIs proves, and no other names. */
  PeerIdentity workload(List<String> uris) {
    return byUri(uris);
  }

  private PeerIdentity byUri(List<String> uris) {
    if (uris.size() > 1) {
      return PeerIdentity.none(
          "the certificate has %d URIs (expected: one)".formatted(uris.size()));
    }
    String id = uris.get(0);
    String known = workloadsById.get(id);
    if (known != null) {
      return PeerIdentity.of(known);
    }
    var parsed = SPIFFE_ID.matcher(id.length() > MAX_ID ? "" : id);
    if (!parsed.matches()) {
      return PeerIdentity.none("%s is no SPIFFE id".formatted(Printable.of(id)));
    }
    if (!parsed.group(1).equals(trustDomain)) {
      return PeerIdentity.none("%s is of an unknown trust domain".formatted(Printable.of(id)));
    }
    String workload = parsed.group(2).substring(1);
    return services.containsKey(workload)
        ? PeerIdentity.none("%s is not the id of %s".formatted(Printable.of(id), workload))
        : PeerIdentity.of(workload);
  }

  private PeerIdentity byDnsNames(List<String> dnsNames) {
    Set<String> owners = new TreeSet<>();
    for (String name : dnsNames) {
      String owner = workloadsByDnsName.get(lowerCase(name));
      if (owner != null) {
        owners.add(owner);
      }
    }
    if (owners.size() == 1) {
      return PeerIdentity.of(owners.iterator().next());
    }
    return PeerIdentity.none(
        owners.isEmpty()
            ? "the certificate has neither a SPIFFE id nor a name in platform.security.identities"
            : "the certificate has names of several workloads: " + owners);
  }

  /**
   * Whether a server with this certificate may serve the service: it has the service's name as a
   * DNS name, without wildcards, or proves a workload that may serve it.
   */
  public boolean serves(X509Certificate certificate, String service) {
    try {
      Names names = Names.of(certificate);
      if (!names.tooMany && names.dnsNames.stream().anyMatch(service::equalsIgnoreCase)) {
        return true;
      }
    } catch (CertificateParsingException e) {
      return false;
    }
    String workload = workload(certificate).workload();
    return workload != null && services.getOrDefault(workload, Set.of()).contains(service);
  }

  /** The workloads that are configured. */
  public Set<String> workloads() {
    return new TreeSet<>(services.keySet());
  }

  private static String lowerCase(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  /** The alternative names of a certificate: RFC 5280, section 4.2.1.6. */
  private static final class Names {

    private final List<String> uris = new ArrayList<>();
    private final List<String> dnsNames = new ArrayList<>();
    private final Set<List<?>> seen = new HashSet<>();
    private boolean tooMany;

    static Names of(X509Certificate certificate) throws CertificateParsingException {
      Names names = new Names();
      Collection<List<?>> all = certificate.getSubjectAlternativeNames();
      if (all != null) {
        names.tooMany = all.size() > MAX_NAMES;
        all.stream().limit(MAX_NAMES).forEach(names::add);
      }
      return names;
    }

    private void add(List<?> name) {
      if (!seen.add(name)) {
        return;
      }
      int type = (Integer) name.get(0);
      if (type == URI) {
        uris.add((String) name.get(1));
      } else if (type == DNS_NAME) {
        dnsNames.add((String) name.get(1));
      }
    }
  }
}
