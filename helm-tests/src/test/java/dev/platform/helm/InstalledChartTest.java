package dev.platform.helm;

import static dev.platform.helm.InstalledRelease.changed;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real Helm installs the chart on Kubernetes' own API server: {@code interop/run kubernetes}. */
@Tag("kubernetes")
class InstalledChartTest {

  private static final String CHANGE =
      "services: {payment-app: {config: {mall: {payment: {bank-timeout: 1s}}}}}";

  /** A namespace for dry runs. */
  private static final String UNCHANGED = "shop";

  private static final AtomicInteger namespaces = new AtomicInteger();

  private static ApiServer server;

  @TempDir private Path folder;

  @BeforeAll
  static void start() throws Exception {
    server = ApiServer.start(Path.of("target", "kubernetes"));
    // It exists in a user's cluster before.
    server.run("kubectl", "create", "priorityclass", "high", "--value=1000");
    InstalledRelease.createNamespace(server, UNCHANGED);
  }

  @AfterAll
  static void stop() throws IOException {
    if (server != null) {
      server.close();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"try-out", "production", "high availability"})
  void isAcceptedWhole(String variant) throws Exception {
    notStored(Variants.chart(variant)).dryRun();
  }

  @ParameterizedTest
  @ValueSource(strings = "production")
  void changesOnlyWhatItShouldAndLeavesNothing(String variant) throws Exception {
    Path change = Files.writeString(folder.resolve("change.yaml"), CHANGE);
    InstalledRelease release = release(Variants.chart(variant));
    release.install();
    Map<String, Manifest> installed = release.objects();

    release.upgrade();
    assertThat(changed(installed, release.objects())).as("changed by the same values").isEmpty();

    release.upgrade(change);
    Map<String, Manifest> upgraded = release.objects();
    assertThat(changed(installed, upgraded))
        .as("changed by a setting of one service")
        .containsExactly("ConfigMap/mall-payment-app", "Deployment/mall-payment-app");

    release.rollback(1);
    Map<String, Manifest> rolledBack = release.objects();
    for (String name : List.of("ConfigMap/mall-payment-app", "Deployment/mall-payment-app")) {
      assertThat(desired(rolledBack.get(name))).isEqualTo(desired(installed.get(name)));
    }
    assertThat(changed(upgraded, rolledBack))
        .containsExactly("ConfigMap/mall-payment-app", "Deployment/mall-payment-app");

    release.uninstall();
    assertThat(release.objects()).isEmpty();
  }

  private static InstalledRelease release(Chart chart) throws Exception {
    String namespace = "shop-" + namespaces.incrementAndGet();
    InstalledRelease.createNamespace(server, namespace);
    return new InstalledRelease(server, namespace, chart);
  }

  private static InstalledRelease notStored(Chart chart) {
    return new InstalledRelease(server, UNCHANGED, chart);
  }

  private static Object desired(Manifest manifest) {
    return manifest.kind().equals("ConfigMap") ? manifest.at("data") : manifest.at("spec");
  }
}
