package dev.platform.tests.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.platform.core.discovery.InstanceDirectory;
import dev.platform.spring.registry.EtcdServiceRegistry;
import dev.platform.starter.test.etcd.EtcdServer;
import dev.platform.starter.test.etcd.ServerTls;
import dev.platform.starter.test.tls.TestAuthority;
import dev.platform.starter.test.tls.TestCertificate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

/** An app and an etcd, embedded or real, with TLS, users and limits. */
@ExtendWith(OutputCaptureExtension.class)
abstract class EtcdInProductionFaults {

  private static final String OTHER = "/ours/services/other/127.0.0.1:";

  private static final Pattern LINE =
      Pattern.compile("^\\S+ +(INFO|WARN) .*core\\.etcd\\.\\w+ *: (.*)$", Pattern.MULTILINE);

  @TempDir private Path files;
  private CapturedOutput output;
  private EtcdServer etcd;

  abstract EtcdServer secured(ServerTls tls);

  abstract void certificate(EtcdServer server, TestCertificate certificate);

  /** Started; the user {@code app} with password {@code app} has access to keys below /ours/. */
  abstract EtcdServer withUser();

  abstract EtcdServer plain();

  /** Keys below a prefix, read by a user with access. */
  abstract List<String> keys(EtcdServer server, String prefix);

  /** Writes a key as a user with access. */
  abstract void put(EtcdServer server, String key, String value);

  /** Lets tokens expire; returns when they have expired. */
  abstract void expireTokens(EtcdServer server);

  @BeforeEach
  void capture(CapturedOutput captured) {
    output = captured;
  }

  @AfterEach
  void close() {
    etcd.close();
  }

  @Test
  void reloadsRenewedCertificatesWithoutLosingRegistrationOrEvents() throws Exception {
    TestAuthority old = TestAuthority.create("old");
    TestAuthority renewed = TestAuthority.create("renewed");
    TestAuthority clients = TestAuthority.create("clients");
    etcd = secured(ServerTls.mutual(old.issue("etcd"), clients));
    etcd.start();
    write("ca.pem", old.certificatePem());
    TestCertificate own = clients.issue("app");
    write("app.pem", own.certificatePem());
    write("app.key", own.privateKeyPem());
    Map<String, Object> properties = properties();
    properties.put("platform.etcd.ssl.bundle", "etcd");
    String bundle = "spring.ssl.bundle.pem.etcd.";
    properties.put(bundle + "reload-on-update", true);
    properties.put(bundle + "truststore.certificate", "file:" + files.resolve("ca.pem"));
    properties.put(bundle + "keystore.certificate", "file:" + files.resolve("app.pem"));
    properties.put(bundle + "keystore.private-key", "file:" + files.resolve("app.key"));
    properties.put("spring.ssl.bundle.watch.file.quiet-period", "200ms");

    try (var app = TestApp.start(properties)) {
      awaitRegistered(app);
      List<Long> leases = etcd.leases();
      addInstance(app, 1);

      write("ca.pem", "-----BEGIN CERTIFICATE-----\nhalf written");
      await().during(Duration.ofSeconds(1)).until(() -> isFollowing(app));
      addInstance(app, 2);

      certificate(etcd, renewed.issue("etcd"));
      write("ca.pem", renewed.certificatePem());
      awaitLine("INFO SSL bundle etcd has changed, connected to etcd with the new one");
      addInstance(app, 3);

      etcd.restart();
      addInstance(app, 4);
      awaitRegistered(app);
      assertThat(etcd.leases()).isEqualTo(leases);
      assertThat(lines()).filteredOn(line -> line.contains("has changed, connected")).hasSize(1);
    }
  }

  @Test
  void signsInAgainWhenItsTokenExpiresWithoutInterruption() {
    etcd = withUser();
    Map<String, Object> properties = properties();
    properties.put("platform.etcd.username", "app");
    properties.put("platform.etcd.password", "app");
    try (var app = TestApp.start(properties)) {
      awaitRegistered(app);
      addInstance(app, 1);
      String lease = app.getBean(EtcdServiceRegistry.class).lease().leaseId();

      expireTokens(etcd);

      addInstance(app, 2);
      InstanceDirectory directory = app.getBean(InstanceDirectory.class);
      directory.firstList("another");
      // The existing watch stream keeps its first token, so this watch needs another stream.
      await()
          .during(Duration.ofSeconds(1))
          .atMost(Duration.ofSeconds(20))
          .until(() -> directory.isFollowing("another"));
      put(etcd, "/ours/services/another/127.0.0.1:1", "127.0.0.1:1");
      await().until(() -> directory.latest("another").instances().size() == 1);
      await()
          .during(Duration.ofSeconds(3))
          .atMost(Duration.ofSeconds(20))
          .until(() -> keys(etcd, "/ours/services/a/").size() == 1);
      assertThat(app.getBean(EtcdServiceRegistry.class).lease().leaseId()).isEqualTo(lease);
      assertThat(lines()).noneMatch(line -> line.contains("credentials"));
    }
  }

  @Test
  void logsAWrongPasswordOnce() {
    etcd = withUser();
    Map<String, Object> properties = properties();
    properties.put("platform.etcd.username", "app");
    properties.put("platform.etcd.password", "wrong");
    assertOneLine(
        properties,
        "etcd refused the credentials (platform.etcd.username, .password): etcdserver:"
            + " authentication failed, invalid user ID or password");
  }

  @Test
  void logsAMissingUserOnce() {
    etcd = withUser();
    assertOneLine(
        properties(),
        "etcd requires a user (platform.etcd.username, .password): etcdserver: user name is empty");
  }

  @Test
  void logsANamespaceWithoutPermissionOnce() {
    etcd = withUser();
    Map<String, Object> properties = properties();
    properties.put("platform.etcd.username", "app");
    properties.put("platform.etcd.password", "app");
    properties.put("platform.etcd.namespace", "theirs");
    assertOneLine(
        properties,
        "the etcd user lacks a role for these keys (platform.etcd.username,"
            + " platform.etcd.namespace): etcdserver: permission denied");
  }

  @Test
  void logsAFullEtcdOnceAndRegistersWhenThereIsSpace() {
    etcd = plain();
    etcd.start();
    etcd.outOfSpace(true);
    try (var app = TestApp.start(properties())) {
      assertOneLine(app, "etcd is full (NOSPACE): compact, defragment and disarm the alarm");
      etcd.outOfSpace(false);
      awaitRegistered(app);
      awaitLine("INFO etcd at [%s] answers again".formatted(etcd.endpoint()));
    }
  }

  private void assertOneLine(Map<String, Object> properties, String cause) {
    try (var app = TestApp.start(properties)) {
      assertOneLine(app, cause);
      assertThat(keys(etcd, "/ours/services/a/")).isEmpty();
    }
  }

  private void assertOneLine(ConfigurableApplicationContext app, String cause) {
    app.getBean(InstanceDirectory.class).firstList("other");
    awaitLine("WARN etcd at [%s] refuses requests, retrying: %s".formatted(etcd.endpoint(), cause));
    await()
        .during(Duration.ofSeconds(4))
        .atMost(Duration.ofSeconds(5))
        .until(() -> lines().stream().filter(line -> line.contains(" refuses")).count() == 1);
  }

  private void awaitRegistered(ConfigurableApplicationContext app) {
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () ->
                app.getBean(EtcdServiceRegistry.class).lease().isHeld()
                    && keys(etcd, "/ours/services/a/").size() == 1);
  }

  /** Adds an instance and awaits it. */
  private void addInstance(ConfigurableApplicationContext app, int instances) {
    InstanceDirectory directory = app.getBean(InstanceDirectory.class);
    directory.firstList("other");
    put(etcd, OTHER + instances, "127.0.0.1:" + instances);
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> directory.latest("other").instances().size() == instances);
  }

  private static boolean isFollowing(ConfigurableApplicationContext app) {
    return app.getBean(InstanceDirectory.class).isFollowing("other");
  }

  private void awaitLine(String line) {
    await().atMost(Duration.ofSeconds(30)).until(() -> lines().contains(line));
  }

  /** Log lines of the etcd package in this test, as {@code WARN etcd at …}. */
  private List<String> lines() {
    return LINE.matcher(output.getOut())
        .results()
        .map(line -> line.group(1) + " " + line.group(2))
        .toList();
  }

  /** Replaces the file atomically. */
  private void write(String name, String content) throws IOException {
    Path fresh = Files.writeString(files.resolve(name + ".new"), content);
    Files.move(fresh, files.resolve(name), StandardCopyOption.ATOMIC_MOVE);
  }

  private Map<String, Object> properties() {
    Map<String, Object> properties = new HashMap<>();
    properties.put("platform.etcd.endpoints", etcd.endpoint().toString());
    properties.put("spring.application.name", "a");
    properties.put("platform.etcd.namespace", "ours");
    properties.put("platform.discovery.snapshot.enabled", false);
    return properties;
  }
}
