package dev.platform.helm;

import static dev.platform.helm.InstalledRelease.applied;
import static dev.platform.helm.InstalledRelease.changed;
import static dev.platform.helm.InstalledRelease.ofKind;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Real Helm installs the chart on Kubernetes' own API server and controllers: {@code interop/run
 * kubernetes}.
 */
@Tag("kubernetes")
class InstalledChartTest {

  private static final String CHANGE =
      "services: {payment-app: {config: {mall: {payment: {bank-timeout: 1s}}}}}";
  private static final Set<String> CHANGED =
      Set.of("ConfigMap/mall-payment-app", "Deployment/mall-payment-app");

  /** Pods of such an image never start. */
  private static final String MISSING_IMAGE =
      "services: {%s: {image: {repository: mall/app, tag: missing}}}";

  private static final Duration LIMIT = Duration.ofSeconds(60);

  private static final AtomicInteger namespaces = new AtomicInteger();

  private static ControlPlane cluster;

  @TempDir private Path folder;

  @BeforeAll
  static void start() throws Exception {
    cluster = ControlPlane.start(Path.of("target", "kubernetes"));
    // It exists in a user's cluster before.
    cluster.run("kubectl", "create", "priorityclass", "high", "--value=1000");
  }

  @AfterAll
  static void stop() throws IOException {
    if (cluster != null) {
      cluster.close();
    }
  }

  static Stream<String> variants() {
    return Variants.names();
  }

  @ParameterizedTest
  @MethodSource("variants")
  void isAcceptedWholeAndEachTemplateOfPodsAsAPod(String variant) throws Exception {
    try (InstalledRelease release = release("helm", Variants.chart(variant))) {
      release.dryRun();
      Manifests manifests = release.rendered();
      for (Manifest account : manifests.ofKind("ServiceAccount")) {
        release.create(account);
      }
      for (Manifest workload : manifests.workloads()) {
        ControlPlane.Result result = release.dryRun(workload.asPod());
        assertThat(result.code()).as(result.output()).isZero();
        assertThat(result.output().toLowerCase(Locale.ROOT)).doesNotContain("warn");
      }
    }
  }

  @Test
  void aPodThatIsNotRestrictedIsRefused() throws Exception {
    try (InstalledRelease release = release("helm", Chart.tryOut())) {
      Manifest deployment = release.rendered().get("Deployment", "mall-order-app");
      release.create(release.rendered().get("ServiceAccount", "mall-order-app"));
      Map<String, Object> pod = new HashMap<>(deployment.asPod().content());
      Map<String, Object> spec = new HashMap<>(Manifest.map(pod.get("spec")));
      spec.put("hostNetwork", true);
      pod.put("spec", spec);

      ControlPlane.Result result = release.dryRun(new Manifest(pod));

      assertThat(result.code()).isNotZero();
      assertThat(result.output()).contains("violates PodSecurity \"restricted:latest\"");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "helm, try-out",
    "helm, production",
    "helm, high availability",
    "helm4, try-out",
    "helm4, production",
    "helm4, high availability"
  })
  void changesOnlyWhatItShouldAndLeavesNothing(String helm, String variant) throws Exception {
    Path change = Files.writeString(folder.resolve("change.yaml"), CHANGE);
    try (InstalledRelease release = release(helm, Variants.chart(variant))) {
      release.install();
      assertHooksRan(release);
      Map<String, Manifest> installed = release.objects();
      assertBudgetsHavePods(installed);
      runMaintenance(release, installed);

      release.upgrade();
      assertThat(changed(installed, release.objects())).as("changed by the same values").isEmpty();

      release.upgrade(change);
      Map<String, Manifest> upgraded = release.objects();
      assertThat(changed(applied(installed), applied(upgraded)))
          .as("changed by a setting of one service")
          .isEqualTo(CHANGED);
      assertThat(pods(upgraded))
          .as("pods that were not replaced")
          .containsAll(without(pods(installed), "mall-payment-app-"))
          .doesNotContainAnyElementsOf(only(pods(installed), "mall-payment-app-"));

      release.rollback(1);
      Map<String, Manifest> rolledBack = release.objects();
      for (String name : CHANGED) {
        assertThat(desired(rolledBack.get(name))).isEqualTo(desired(installed.get(name)));
      }
      assertThat(changed(applied(upgraded), applied(rolledBack))).isEqualTo(CHANGED);

      release.uninstall();
      release.awaitOnly(kept(rolledBack));
      release.kubectl("delete", "pvc,secret", "--selector=app.kubernetes.io/instance=mall");
      release.awaitOnly(Set.of());
    }
  }

  @ParameterizedTest
  @CsvSource({"helm, --atomic", "helm4, --rollback-on-failure"})
  void aVersionThatDoesNotStartReplacesNoPod(String helm, String reverting) throws Exception {
    Path missing =
        Files.writeString(folder.resolve("missing.yaml"), MISSING_IMAGE.formatted("payment-app"));
    try (InstalledRelease release = release(helm, Chart.tryOut())) {
      release.install();
      Map<String, Manifest> installed = release.objects();

      release.failingUpgrade(missing, "--wait", "--timeout=10s");

      assertThat(release.status()).isEqualTo("failed");
      Map<String, Manifest> failed = release.objects();
      assertThat(pods(failed)).containsAll(pods(installed)).hasSize(pods(installed).size() + 1);
      assertThat(failed.get("Deployment/mall-payment-app").at("status", "availableReplicas"))
          .isEqualTo(installed.get("Deployment/mall-payment-app").at("spec", "replicas"));

      release.rollback(1);
      assertThat(release.status()).isEqualTo("deployed");
      assertThat(pods(release.objects())).isEqualTo(pods(installed));

      release.failingUpgrade(missing, reverting, "--timeout=10s");
      assertThat(release.status()).isEqualTo("deployed");
      release.settle();
      assertThat(pods(release.objects())).isEqualTo(pods(installed));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"helm", "helm4"})
  void aHookThatDoesNotEndFailsTheUpgradeAndTheNextOneReplacesIt(String helm) throws Exception {
    // The Job that makes etcd's users has order-app's image.
    Path missing =
        Files.writeString(folder.resolve("missing.yaml"), MISSING_IMAGE.formatted("order-app"));
    try (InstalledRelease release = release(helm, Chart.tryOut())) {
      release.install();
      Map<String, Manifest> installed = release.objects();

      release.failingUpgrade(missing, "--timeout=10s");

      assertThat(release.status()).isEqualTo("failed");
      assertThat(release.objects()).containsKey("Job/mall-etcd-users");

      release.upgrade();
      assertThat(release.status()).isEqualTo("deployed");
      assertThat(release.objects()).doesNotContainKey("Job/mall-etcd-users");
      assertThat(pods(release.objects())).isEqualTo(pods(installed));
    }
  }

  @Test
  void budgetsRefuseTheEvictionOfASecondMemberAndAllowThatOfAPodThatIsNotReady() throws Exception {
    try (InstalledRelease release = release("helm", Variants.chart("high availability"))) {
      release.install();
      List<String> members = release.pods("app.kubernetes.io/component=etcd");
      assertThat(members).hasSize(3);

      release.setReady(members.get(0), false);
      awaitAllowed(release, "mall-etcd", 0);
      ControlPlane.Result second = release.evict(members.get(1));
      assertThat(second.code()).as(second.output()).isNotZero();
      assertThat(second.output()).contains("disruption budget");
      release.setReady(members.get(0), true);
      awaitAllowed(release, "mall-etcd", 1);
      ControlPlane.Result first = release.evict(members.get(1));
      assertThat(first.code()).as(first.output()).isZero();
      release.settle();

      String stuck = release.pods("app.kubernetes.io/component=payment-app").get(0);
      release.setReady(stuck, false);
      awaitAllowed(release, "mall-payment-app", 0);
      ControlPlane.Result unready = release.evict(stuck);
      assertThat(unready.code()).as(unready.output()).isZero();
      release.settle();
    }
  }

  /** Those of the chart's hooks that are Jobs; Helm has deleted them since. */
  private static void assertHooksRan(InstalledRelease release) throws Exception {
    String completed =
        release.kubectl(
            "get",
            "events",
            "--field-selector=involvedObject.kind=Job,reason=Completed",
            "--output=jsonpath={range .items[*]}{.involvedObject.name}{\"\\n\"}{end}");
    List<String> jobs = release.rendered().ofKind("Job").stream().map(Manifest::name).toList();
    assertThat(completed.lines()).containsAll(jobs);
  }

  private static void assertBudgetsHavePods(Map<String, Manifest> all) {
    assertThat(ofKind(all, "PodDisruptionBudget"))
        .isNotEmpty()
        .allMatch(budget -> (Double) budget.at("status", "expectedPods") > 0)
        .allMatch(budget -> (Double) budget.at("status", "disruptionsAllowed") > 0);
  }

  /** Has the Jobs of CronJobs run, and the chart's test. */
  private static void runMaintenance(InstalledRelease release, Map<String, Manifest> installed)
      throws Exception {
    for (Manifest cron : ofKind(installed, "CronJob").toList()) {
      release.kubectl("create", "job", "now", "--from=cronjob/" + cron.name());
      release.kubectl("wait", "job/now", "--for=condition=Complete", "--timeout=60s");
      release.kubectl("delete", "job", "now", "--cascade=foreground");
    }
    release.test();
  }

  private static void awaitAllowed(InstalledRelease release, String budget, int evictions) {
    await("evictions that %s allows".formatted(budget))
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(200))
        .until(
            () ->
                release
                    .kubectl("get", "pdb", budget, "--output=jsonpath={.status.disruptionsAllowed}")
                    .equals(Integer.toString(evictions)));
  }

  /** What remains without a release: generated certificates, and volumes. */
  private static Set<String> kept(Map<String, Manifest> all) {
    Map<String, Manifest> kept = new TreeMap<>(all);
    kept.values()
        .removeIf(
            manifest ->
                !manifest.kind().equals("PersistentVolumeClaim")
                    && !"keep"
                        .equals(manifest.at("metadata", "annotations", "helm.sh/resource-policy")));
    return kept.keySet();
  }

  private static InstalledRelease release(String helm, Chart chart) throws Exception {
    return new InstalledRelease(cluster, helm, "shop-" + namespaces.incrementAndGet(), chart);
  }

  private static Object desired(Manifest manifest) {
    return manifest.kind().equals("ConfigMap") ? manifest.at("data") : manifest.at("spec");
  }

  /** Names and uids. */
  private static Set<String> pods(Map<String, Manifest> all) {
    return ofKind(all, "Pod")
        .map(pod -> pod.name() + " " + pod.text("metadata", "uid"))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> only(Set<String> names, String prefix) {
    return names.stream().filter(name -> name.startsWith(prefix)).collect(Collectors.toSet());
  }

  private static Set<String> without(Set<String> names, String prefix) {
    return names.stream().filter(name -> !name.startsWith(prefix)).collect(Collectors.toSet());
  }
}
