package dev.platform.mall;

import dev.platform.starter.test.tls.TestAuthority;
import dev.platform.starter.test.tls.TestCertificate;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The certificates of the mall's workloads. The apps read theirs from files, and watch these. Not
 * thread-safe.
 */
final class Certificates {

  static final String TRUST_DOMAIN = "mall.dev";

  /** How long the files of a bundle must be quiet before an app reads them again. */
  private static final Duration QUIET = Duration.ofMillis(500);

  private static final Duration SKEW = Duration.ofHours(1);
  private static final Duration VALIDITY = Duration.ofDays(1);

  private final Path folder;
  private final TestAuthority etcd;
  private final List<TestAuthority> trusted = new ArrayList<>();
  private final Map<String, TlsClient> clients = new TreeMap<>();
  private TestAuthority authority = TestAuthority.create("mall");

  /**
   * Writes the files of the apps.
   *
   * @param etcd the authority of etcd and its users, which is another one
   */
  Certificates(Path folder, TestAuthority etcd) {
    this.folder = folder.toAbsolutePath();
    this.etcd = etcd;
    trusted.add(authority);
    writeTrust();
    renewApps();
    write("etcd-ca.pem", etcd.certificatePem());
    for (App app : App.values()) {
      write("etcd-" + workload(app), etcd.issue(SecureEtcd.user(app)));
    }
  }

  /** The workload that an app is. */
  static String workload(App app) {
    return app.id() + "-app";
  }

  /** The environment variables with an app's bundles: of the mall, and of etcd. */
  Map<String, String> bundles(App app) {
    Map<String, String> variables = new TreeMap<>();
    variables.putAll(bundle("mall", workload(app), "ca.pem"));
    variables.putAll(bundle("etcd", "etcd-" + workload(app), "etcd-ca.pem"));
    variables.put("SPRING_SSL_BUNDLE_WATCH_FILE_QUIETPERIOD", QUIET.toMillis() + "ms");
    return variables;
  }

  private Map<String, String> bundle(String name, String certificate, String authorities) {
    String prefix = "SPRING_SSL_BUNDLE_PEM_" + name.toUpperCase(Locale.ROOT) + "_";
    return Map.of(
        prefix + "KEYSTORE_CERTIFICATE", file(certificate + ".pem"),
        prefix + "KEYSTORE_PRIVATEKEY", file(certificate + "-key.pem"),
        prefix + "TRUSTSTORE_CERTIFICATE", file(authorities),
        prefix + "RELOADONUPDATE", "true");
  }

  private String file(String name) {
    return "file:" + folder.resolve(name);
  }

  /** The client of a workload; its certificate is replaced with those of all others. */
  TlsClient client(String workload) {
    return clients.computeIfAbsent(workload, name -> TlsClient.of(trusted, issue(name)));
  }

  /** A client that is left out when certificates are replaced. */
  TlsClient laggard(String workload, Instant until) {
    return TlsClient.of(trusted, issue(workload, List.of("localhost"), until));
  }

  /** A client with a valid certificate that proves no workload. */
  TlsClient unidentified() {
    return TlsClient.of(trusted, authority.issue("unidentified", List.of("localhost"), List.of()));
  }

  /** A client without a certificate. */
  TlsClient nobody() {
    return TlsClient.of(trusted, null);
  }

  /** A client with a certificate of an authority that nobody trusts. */
  TlsClient foreigner(String workload) {
    TestAuthority foreign = TestAuthority.create("mall");
    return TlsClient.of(
        trusted, foreign.issue(workload, List.of("localhost"), List.of(spiffeId(workload))));
  }

  /** A certificate for a workload without services, valid now. */
  TestCertificate issue(String workload) {
    return issue(workload, List.of("localhost"), Instant.now().plus(VALIDITY));
  }

  /** Another certificate of an app, valid now. */
  TestCertificate issue(App app) {
    return issue(workload(app), app.services(), Instant.now().plus(VALIDITY));
  }

  /** The authorities that apps trust now. */
  List<TestAuthority> trusted() {
    return List.copyOf(trusted);
  }

  /** Issues new certificates for all. */
  void renew() {
    renewApps();
    clients.forEach((workload, client) -> client.prove(issue(workload)));
  }

  /** A second authority is trusted as well as the one before, which goes on issuing. */
  TestAuthority trustNext() {
    TestAuthority next = TestAuthority.create("mall");
    trusted.add(next);
    writeTrust();
    clients.values().forEach(client -> client.trust(trusted));
    return next;
  }

  /** The trusted authority issues from now on, at first new certificates for all. */
  void issueBy(TestAuthority next) {
    authority = next;
    renew();
  }

  /** Only the authority that issues is trusted. */
  void trustNoOther() {
    trusted.retainAll(List.of(authority));
    writeTrust();
    clients.values().forEach(client -> client.trust(trusted));
  }

  private void renewApps() {
    for (App app : App.values()) {
      write(workload(app), issue(app));
    }
  }

  private TestCertificate issue(String workload, List<String> dnsNames, Instant until) {
    return authority.issue(
        workload, dnsNames, List.of(spiffeId(workload)), Instant.now().minus(SKEW), until);
  }

  private static String spiffeId(String workload) {
    return "spiffe://%s/%s".formatted(TRUST_DOMAIN, workload);
  }

  private void writeTrust() {
    write(
        "ca.pem",
        trusted.stream().map(TestAuthority::certificatePem).collect(Collectors.joining("\n")));
  }

  private void write(String name, TestCertificate certificate) {
    write(name + "-key.pem", certificate.privateKeyPem());
    write(name + ".pem", certificate.certificatePem());
  }

  /** Replaces a file as a whole. */
  private void write(String name, String text) {
    try {
      Files.createDirectories(folder);
      Path written = Files.writeString(folder.resolve(name + ".new"), text);
      Files.move(written, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
