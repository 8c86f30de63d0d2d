package dev.platform.helm;

import static dev.platform.helm.InstalledRelease.applied;
import static dev.platform.helm.InstalledRelease.changed;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Real Helm installs the chart on Kubernetes' own API server: {@code interop/run kubernetes}. */
@Tag("kubernetes")
class InstalledChartTest {

  /** Objects that exist in a user's cluster before. */
  private static final String EXISTING =
      """
      {apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: high}, value: 1000}
      """;

  private static final String CHANGE =
      "services: {payment-app: {config: {mall: {payment: {bank-timeout: 1s}}}}}";

  private static final AtomicInteger namespaces = new AtomicInteger();

  private static ControlPlane cluster;

  @TempDir private Path folder;

  @BeforeAll
  static void start() throws Exception {
    cluster = ControlPlane.start(Path.of("target", "kubernetes"));
    ControlPlane.Result created =
        cluster.call(EXISTING, "kubectl", List.of("create", "--filename=-"));
    assertThat(created.code()).as(created.output()).isZero();
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
  @Tag("every-combination")
  void isAcceptedWholeAndTheSameValuesChangeNothing(String variant) throws Exception {
    try (InstalledRelease release = release("helm", variant)) {
      release.dryRun();
      release.install();
      Map<String, Manifest> installed = release.objects();

      release.upgrade();

      assertThat(changed(installed, release.objects())).isEmpty();
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
    try (InstalledRelease release = release(helm, variant)) {
      release.install();
      Map<String, Manifest> installed = release.objects();
      runMaintenance(release, installed);

      release.upgrade();
      assertThat(changed(installed, release.objects())).as("changed by the same values").isEmpty();

      release.upgrade(change);
      Map<String, Manifest> upgraded = release.objects();
      assertThat(changed(applied(installed), applied(upgraded)))
          .as("changed by a setting of one service")
          .containsExactly("ConfigMap/mall-payment-app", "Deployment/mall-payment-app");
      assertThat(pods(upgraded))
          .as("pods that were not replaced")
          .containsAll(without(pods(installed), "mall-payment-app-"))
          .doesNotContainAnyElementsOf(only(pods(installed), "mall-payment-app-"));

      release.rollback(1);
      Map<String, Manifest> rolledBack = release.objects();
      for (String name : List.of("ConfigMap/mall-payment-app", "Deployment/mall-payment-app")) {
        assertThat(desired(rolledBack.get(name))).isEqualTo(desired(installed.get(name)));
      }
      assertThat(changed(applied(upgraded), applied(rolledBack)))
          .containsExactly("ConfigMap/mall-payment-app", "Deployment/mall-payment-app");

      release.uninstall();
      release.awaitOnly(Set.of("PersistentVolumeClaim"));
      release.kubectl("delete", "pvc", "--selector=app.kubernetes.io/instance=mall");
      release.awaitOnly(Set.of());
    }
  }

  /** Has the Jobs of CronJobs run, and the chart's test. */
  private static void runMaintenance(InstalledRelease release, Map<String, Manifest> installed)
      throws Exception {
    for (Manifest cron : installed.values()) {
      if (cron.kind().equals("CronJob")) {
        release.kubectl("create", "job", "now", "--from=cronjob/" + cron.name());
        release.kubectl("wait", "job/now", "--for=condition=Complete", "--timeout=60s");
        release.kubectl("delete", "job", "now", "--cascade=foreground");
      }
    }
    release.test();
  }

  private InstalledRelease release(String helm, String variant) throws Exception {
    return new InstalledRelease(
        cluster, helm, "shop-" + namespaces.incrementAndGet(), Variants.chart(variant));
  }

  private static Object desired(Manifest manifest) {
    return manifest.kind().equals("ConfigMap") ? manifest.at("data") : manifest.at("spec");
  }

  /** Names and uids. */
  private static Set<String> pods(Map<String, Manifest> all) {
    return all.values().stream()
        .filter(manifest -> manifest.kind().equals("Pod"))
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
