package dev.platform.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.platform.core.Platform;
import dev.platform.core.discovery.DiscoverySettings;
import dev.platform.core.discovery.InstanceDirectory;
import dev.platform.core.drain.DrainSettings;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The commands in docs/kubernetes.md do what they say, on real etcd processes that are started as
 * the chart says, and those in docs/operations.md for an etcd elsewhere. etcd on this machine may
 * be older than the chart's.
 */
class EtcdRunbookTest {

  private static final String KEY = "/services/probe";
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final Set<String> PLAIN = Set.of("http");
  private static final Set<String> BOTH = Set.of("http", "https");
  private static final Set<String> TLS = Set.of("https");

  @TempDir private Path folder;

  @BeforeAll
  static void requirePrograms() {
    for (String program : List.of("etcd", "etcdctl", "bash")) {
      boolean isThere = isThere(program);
      String message =
          "skipped: no `%s` on the PATH; get it with `apt-get install etcd-server etcd-client bash`"
              .formatted(program);
      if (!isThere && Boolean.getBoolean("platform.test.no-skips")) {
        throw new IllegalStateException(message + " (platform.test.no-skips is true)");
      }
      Assumptions.assumeTrue(isThere, message);
    }
  }

  private static boolean isThere(String program) {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
        .anyMatch(path -> Files.isExecutable(Path.of(path, program)));
  }

  @Test
  void etcdStaysAvailableWhileTlsIsSwitchedOnAndOff() throws Exception {
    try (EtcdRelease release = new EtcdRelease(plaintext(), folder);
        SteadyReads reads = new SteadyReads(release.addresses(), clientFolder(), PLAIN)) {
      release.etcdctl(0, "put", KEY, "kept");
      AtomicReference<Set<String>> now = new AtomicReference<>(PLAIN);
      release.beforeUpgrade(
          manifests -> {
            Set<String> next = schemes(manifests);
            Set<String> throughout = new TreeSet<>(now.getAndSet(next));
            throughout.retainAll(next);
            reads.use(throughout);
          });

      List<String> steps = Runbook.of("TLS on and off");
      for (String step : steps.subList(0, 3)) {
        release.run(step);
        assertThat(reads.failures()).isEmpty();
      }
      assertThat(peerSchemes(release)).containsOnly("https");
      assertThat(read(release, "https")).contains("kept");
      assertThatThrownBy(() -> read(release, "http", "--command-timeout=2s"))
          .isInstanceOf(Shell.Refused.class)
          .hasMessageContaining("deadline exceeded");

      for (String step : steps.subList(3, steps.size())) {
        release.run(step);
        assertThat(reads.failures()).isEmpty();
      }
      assertThat(peerSchemes(release)).containsOnly("http");
      assertThat(read(release, "http")).contains("kept");
      assertThat(reads.reads()).isGreaterThan(20);
    }
  }

  @Test
  void aRunningEtcdIsNotSwitchedToTlsAtOnce() throws Exception {
    try (EtcdRelease release = new EtcdRelease(plaintext(), folder)) {
      assertThatThrownBy(
              () ->
                  release.run(
                      "helm upgrade mall ./helm --reuse-values --set etcd.tls.enabled=true --wait"))
          .hasMessageContaining(
              "etcd.tls.enabled: true, etcd.tls.transition: false (expected: first"
                  + " etcd.tls.transition: true");
      assertThat(release.etcdctl(0, "endpoint", "health")).contains("is healthy");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aMemberThatLostItsVolumeRejoinsAndAfterThatALostMajorityStartsAgain(boolean tls)
      throws Exception {
    Chart chart = Chart.tryOut().with("etcd: {tls: {enabled: %s}}".formatted(tls));
    try (EtcdRelease release = new EtcdRelease(chart, folder)) {
      release.etcdctl(0, "put", KEY, "kept");
      release.pods().loseVolume(2);
      await("the member does not rejoin by itself")
          .atMost(Duration.ofSeconds(30))
          .until(() -> !release.pods().pod(2).isAlive());
      await("the others have a leader")
          .atMost(Duration.ofMinutes(1))
          .ignoreException(Shell.Refused.class)
          .until(() -> release.etcdctl(0, "put", KEY, "changed meanwhile").contains("OK"));

      release.runbook("A lost member");

      assertThat(members(release)).hasSize(3).allMatch(member -> member.contains(" started "));
      assertThat(release.etcdctl(2, "get", "--consistency=s", KEY)).contains("changed meanwhile");
      assertThat(release.pods().configMaps()).isEmpty();

      release.pods().loseVolume(0);
      release.pods().loseVolume(1);

      release.runbook("A lost majority");

      assertThat(members(release)).hasSize(3).allMatch(member -> member.contains(" started "));
      assertThat(release.etcdctl(1, "get", KEY)).isEmpty();
      release.etcdctl(1, "put", KEY, "again");
    }
  }

  @Test
  void aLostMajorityStartsAgainAfterAnUnfinishedRejoin() throws Exception {
    try (EtcdRelease release = new EtcdRelease(plaintext(), folder)) {
      release.run(
          "kubectl create configmap mall-etcd-rejoin --from-literal=initial-cluster-state=existing");
      release.pods().loseVolume(0);
      release.pods().loseVolume(1);

      release.runbook("A lost majority");

      release.etcdctl(2, "put", KEY, "again");
    }
  }

  @Test
  void usersAndRolesKeepOthersOutAndTheAppsInTheirPlace() throws Exception {
    try (EtcdRelease release = new EtcdRelease(plaintext(), folder)) {
      release.file("etcd.txt", "of-the-apps");
      release.file("root.txt", "of-root");

      release.runbook("Users and roles");

      assertThatThrownBy(() -> read(release, "http")).hasMessageContaining("user name is empty");
      assertThat(read(release, "http", "--user=mall:of-the-apps", "put", KEY, "ours"))
          .contains("OK");
      assertThatThrownBy(
              () -> read(release, "http", "--user=mall:of-the-apps", "put", "/others", "x"))
          .hasMessageContaining("permission denied");
      assertThat(release.etcdctl(0, "get", KEY)).as("root, in a pod").contains("ours");
      assertThat(defragmentation(release)).contains("Finished defragmenting etcd member");
    }
  }

  private static Chart plaintext() {
    return Chart.tryOut().with("etcd: {tls: {enabled: false}}");
  }

  @Test
  void applicationsFollowAnEtcdThatWasRestoredFromASnapshot() throws Exception {
    List<String> steps = Runbook.of("operations.md", "Restoring etcd from a snapshot");
    assertThat(steps).hasSize(3);
    try (EtcdHosts etcd = new EtcdHosts(folder);
        Platform known = application(etcd);
        Platform unknown = application(etcd)) {
      InstanceDirectory directory = known.directory();
      int knownPort = known.serve(0).getPort();
      await().atMost(PATIENCE).until(() -> ports(directory).equals(Set.of(knownPort)));
      etcd.etcdctl("put", KEY, "kept");
      String lease = etcd.etcdctl("lease", "grant", "8").split(" ", -1)[1];
      etcd.etcdctl("put", "--lease=" + lease, "/services/app/127.0.0.1:9", "127.0.0.1:9");

      etcd.run(1, steps.get(0));

      int unknownPort = unknown.serve(0).getPort();
      await().atMost(PATIENCE).until(() -> ports(directory).contains(unknownPort));
      for (int i = 0; i < 20; i++) {
        etcd.etcdctl("put", KEY, "later");
      }
      etcd.etcdctl("put", "/services/app/127.0.0.1:8", "127.0.0.1:8");
      await().atMost(PATIENCE).until(() -> ports(directory).contains(8));
      long revision = directory.latest("app").revision();
      etcd.loseAllData();
      for (int host : EtcdHosts.hosts()) {
        if (host > 1) {
          etcd.copy("etcd.db", 1, host);
        }
        etcd.run(host, forThisEtcd(steps.get(1)));
      }
      for (int host : EtcdHosts.hosts()) {
        etcd.run(host, steps.get(2));
      }

      assertThat(etcd.etcdctl("get", KEY, "--print-value-only").strip()).isEqualTo("kept");
      assertThat(etcd.etcdctl("member", "list").lines())
          .hasSize(3)
          .allMatch(member -> member.contains(" started,"));
      await("both are listed, what was lost or no longer runs is not")
          .atMost(PATIENCE)
          .until(() -> ports(directory).equals(Set.of(knownPort, unknownPort)));
      assertThat(directory.latest("app").revision()).isLessThan(revision);
      assertThat(registeredPorts(etcd)).isEqualTo(Set.of(knownPort, unknownPort));
      etcd.etcdctl("put", "/services/app/127.0.0.1:7", "127.0.0.1:7");
      await("changes are followed")
          .atMost(PATIENCE)
          .until(() -> ports(directory).contains(7) && directory.isFollowing("app"));
      assertThat(directory.latest("app").revision()).isLessThan(revision);
    }
  }

  private static Platform application(EtcdHosts etcd) {
    return Platform.builder("app")
        .etcdEndpoints(etcd.endpoints().split(",", -1))
        .advertise("127.0.0.1")
        .leaseTtl(Duration.ofSeconds(5))
        .discovery(
            new DiscoverySettings(
                Duration.ofSeconds(3),
                new DiscoverySettings.Hold(Duration.ZERO, 0.5, 3, Duration.ofSeconds(10)),
                new DiscoverySettings.Snapshot(false, null, Duration.ofHours(1))))
        .drain(new DrainSettings(Duration.ZERO, Duration.ofSeconds(1)))
        .closeAtShutdown(false)
        .build();
  }

  /** Where there is no {@code etcdutl}, as the docs say for etcd 3.4. */
  private static String forThisEtcd(String script) {
    return isThere("etcdutl") ? script : script.replace("etcdutl ", "etcdctl ");
  }

  private static Set<Integer> ports(InstanceDirectory directory) {
    return directory.latest("app").instances().stream()
        .map(instance -> instance.address().port())
        .collect(Collectors.toSet());
  }

  private static Set<Integer> registeredPorts(EtcdHosts etcd) throws Exception {
    return etcd.etcdctl("get", "--prefix", "--keys-only", "/services/app/")
        .lines()
        .filter(key -> !key.isBlank())
        .map(key -> Integer.valueOf(key.substring(key.lastIndexOf(':') + 1)))
        .collect(Collectors.toSet());
  }

  /** The command of the CronJob, with its environment. */
  private String defragmentation(EtcdRelease release) throws Exception {
    Manifests manifests =
        plaintext()
            .with("etcd: {auth: {existingSecret: mall-etcd-user, rootSecret: mall-etcd-root}}")
            .render();
    Cluster.addSecret("mall-etcd-root", Map.of("password", "of-root"));
    Map<String, Object> container =
        manifests.get("CronJob", "mall-etcd-defragmentation").container();
    Map<String, String> environment = new TreeMap<>();
    for (Map<String, Object> variable : Manifest.maps(container.get("env"))) {
      Object value = variable.get("value");
      Object secret = Manifest.at(variable, "valueFrom", "secretKeyRef", "name");
      environment.put(
          variable.get("name").toString(),
          value == null ? Cluster.secret(secret.toString()).get("password") : value.toString());
    }
    List<String> command =
        Stream.concat(
                Manifest.texts(container.get("command")).stream(),
                Manifest.texts(container.get("args")).stream())
            .map(release.addresses()::of)
            .toList();
    return EtcdPod.run(command, environment);
  }

  private Path clientFolder() throws Exception {
    return Files.createDirectories(folder.resolve("client"));
  }

  private String read(EtcdRelease release, String scheme, String... more) throws Exception {
    String[] arguments = more.length > 1 || more.length == 0 ? more : withGet(more[0]);
    return SteadyReads.get(
        release.addresses(),
        clientFolder(),
        scheme,
        arguments.length == 0 ? new String[] {"get", KEY} : arguments);
  }

  private static String[] withGet(String option) {
    return new String[] {option, "get", KEY};
  }

  /** By which schemes clients reach the members of a release. */
  private static Set<String> schemes(Manifests manifests) {
    String arguments = manifests.get("StatefulSet", "mall-etcd").container().get("args").toString();
    return arguments.contains("--listen-client-urls=http://0.0.0.0:2379,https://")
        ? BOTH
        : arguments.contains("--listen-client-urls=https://") ? TLS : PLAIN;
  }

  private static List<String> members(EtcdRelease release) throws Exception {
    return release
        .etcdctl(0, "member", "list")
        .lines()
        .map(line -> line.replace(", ", " "))
        .toList();
  }

  private static List<String> peerSchemes(EtcdRelease release) throws Exception {
    return members(release).stream()
        .flatMap(member -> Stream.of(member.split(" ", -1)[3].split(",", -1)))
        .map(url -> url.replaceFirst(":.*", ""))
        .toList();
  }
}
