package dev.platform.dev.certificates;

import dev.platform.starter.test.tls.TestAuthority;
import dev.platform.starter.test.tls.TestCertificate;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The certificates of applications on this machine, as PEM files in one folder that only its owner
 * can read. They are signed by an authority whose certificate and key are there, too. All are made
 * when they are asked for, and made again when they end soon, have other names, or can't be read.
 * Several processes may share a folder. Methods block on files.
 */
public final class DevCertificates {

  /** The trust domain of development. */
  public static final String TRUST_DOMAIN = "mall.dev";

  static final Duration AUTHORITY_VALIDITY = Duration.ofDays(365);
  static final Duration VALIDITY = Duration.ofDays(30);

  /** The rest of its validity at which a certificate is made again. */
  static final Duration RENEWAL = Duration.ofDays(10);

  private static final Duration CLOCK_SKEW = Duration.ofHours(1);
  private static final String AUTHORITY = "ca.pem";
  private static final String AUTHORITY_KEY = "ca-key.pem";
  private static final Pattern WORKLOAD = Pattern.compile("[A-Za-z0-9._-]{1,63}");
  private static final int DNS_NAME = 2;
  private static final int URI = 6;

  private final PrivateFiles files;
  private final String trustDomain;
  private final Clock clock;

  /**
   * @param folder where the files are; created if missing
   * @param trustDomain SPIFFE's trust domain, such as {@link #TRUST_DOMAIN}
   */
  public DevCertificates(Path folder, String trustDomain, Clock clock) {
    this.files = new PrivateFiles(folder);
    this.trustDomain = trustDomain;
    this.clock = clock;
  }

  /**
   * A workload's certificate.
   *
   * @param certificate its file
   * @param key the file of its private key, unencrypted
   * @param authority the file of the authority's certificate, to be trusted
   * @param spiffeId the workload's SPIFFE id
   * @param until the end of its validity
   */
  public record Issued(
      Path certificate, Path key, Path authority, String spiffeId, Instant until) {}

  /** The folder that the applications of this machine's user share, as XDG defines it. */
  public static Path userFolder(Map<String, String> environment, String home) {
    String state = environment.get("XDG_STATE_HOME");
    Path base =
        state != null && Path.of(state).isAbsolute()
            ? Path.of(state)
            : Path.of(home, ".local", "state");
    return base.resolve("platform-dev").resolve("certificates");
  }

  /**
   * The certificate of a workload, for servers and clients. It has the SPIFFE id {@code
   * spiffe://<trust domain>/<workload>}, and the services' names and {@code localhost} as DNS
   * names.
   *
   * @throws IllegalArgumentException for a workload that can't be in a file's name
   */
  public Issued of(String workload, Collection<String> services) throws IOException {
    if (!WORKLOAD.matcher(workload).matches() || workload.equals("ca")) {
      throw new IllegalArgumentException(
          "workload: %s (expected: letters, digits, dots, dashes; not ca)".formatted(workload));
    }
    Set<String> dnsNames = new TreeSet<>(services);
    dnsNames.add("localhost");
    return files.alone(() -> issued(workload, dnsNames));
  }

  private Issued issued(String workload, Set<String> dnsNames) throws IOException {
    TestAuthority authority = authority();
    String file = workload + ".pem";
    String keyFile = workload + "-key.pem";
    String spiffeId = "spiffe://%s/%s".formatted(trustDomain, workload);
    Known known = read(file, keyFile);
    X509Certificate certificate =
        known != null
                && isSignedBy(authority, known.certificate)
                && names(known.certificate, DNS_NAME).equals(dnsNames)
                && names(known.certificate, URI).equals(Set.of(spiffeId))
            ? known.certificate
            : issue(authority, workload, dnsNames, spiffeId);
    return new Issued(
        files.path(file),
        files.path(keyFile),
        files.path(AUTHORITY),
        spiffeId,
        certificate.getNotAfter().toInstant());
  }

  private X509Certificate issue(
      TestAuthority authority, String workload, Set<String> dnsNames, String spiffeId)
      throws IOException {
    Instant now = clock.instant();
    TestCertificate made =
        authority.issue(
            workload,
            dnsNames,
            List.of(spiffeId),
            now.minus(CLOCK_SKEW),
            now.plus(VALIDITY).isBefore(end(authority)) ? now.plus(VALIDITY) : end(authority));
    files.write(workload + "-key.pem", made.privateKeyPem());
    files.write(workload + ".pem", made.certificatePem());
    return made.certificate();
  }

  private static Instant end(TestAuthority authority) {
    return authority.certificate().getNotAfter().toInstant();
  }

  private TestAuthority authority() throws IOException {
    Known known = read(AUTHORITY, AUTHORITY_KEY);
    if (known != null) {
      return TestAuthority.of(known.certificate, known.key);
    }
    Instant now = clock.instant();
    TestAuthority made =
        TestAuthority.create(
            "development at " + now, now.minus(CLOCK_SKEW), now.plus(AUTHORITY_VALIDITY));
    files.write(AUTHORITY_KEY, made.privateKeyPem());
    files.write(AUTHORITY, made.certificatePem());
    return made;
  }

  /** A certificate and its key; null if they must be made: missing, unreadable, ending soon. */
  private @Nullable Known read(String file, String keyFile) throws IOException {
    if (!files.has(file) || !files.has(keyFile)) {
      return null;
    }
    try {
      Known known = new Known(certificate(files.read(file)), key(files.read(keyFile)));
      Instant now = clock.instant();
      boolean valid =
          !known.certificate.getNotBefore().toInstant().isAfter(now)
              && known.certificate.getNotAfter().toInstant().isAfter(now.plus(RENEWAL));
      return valid && known.belongTogether() ? known : null;
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      return null;
    }
  }

  private static X509Certificate certificate(String pem) throws GeneralSecurityException {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
  }

  private static PrivateKey key(String pem) throws GeneralSecurityException {
    byte[] encoded = Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", ""));
    return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(encoded));
  }

  private static boolean isSignedBy(TestAuthority authority, X509Certificate certificate) {
    try {
      certificate.verify(authority.certificate().getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static Set<String> names(X509Certificate certificate, int type) {
    Set<String> names = new TreeSet<>();
    try {
      Collection<List<?>> all = certificate.getSubjectAlternativeNames();
      for (List<?> name : all == null ? new ArrayList<List<?>>() : all) {
        if (name.get(0).equals(type)) {
          names.add((String) name.get(1));
        }
      }
    } catch (GeneralSecurityException e) {
      return Set.of();
    }
    return names;
  }

  private record Known(X509Certificate certificate, PrivateKey key) {

    boolean belongTogether() throws GeneralSecurityException {
      byte[] text = {1, 2, 3};
      Signature signing = Signature.getInstance("SHA256withECDSA");
      signing.initSign(key);
      signing.update(text);
      byte[] signature = signing.sign();
      signing.initVerify(certificate.getPublicKey());
      signing.update(text);
      return signing.verify(signature);
    }
  }
}
