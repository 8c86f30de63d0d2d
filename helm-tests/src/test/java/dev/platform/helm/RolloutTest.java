package dev.platform.helm;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.convert.DurationStyle;

/** Upgrades drop no call, cause no needless restart and never change a selector. */
class RolloutTest {

  private static final List<String> APPS = List.of("order-app", "inventory-app", "payment-app");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "try-out",
        "production",
        "high availability",
        "nothing to wait for at the end",
        "kubernetes registry"
      })
  void preStopDrainAndGracePeriodAddUp(String variant) {
    Manifests manifests = Variants.chart(variant).render();

    for (String app : APPS) {
      Manifest deployment = manifests.get("Deployment", "mall-" + app);
      Map<String, Object> config = manifests.config(app);
      Duration delay = duration(config, "platform", "drain", "delay");
      Duration timeout = duration(config, "platform", "drain", "timeout");
      Duration grace = duration(config, "platform", "drain", "grace-period");
      Duration phase = duration(config, "spring", "lifecycle", "timeout-per-shutdown-phase");
      Duration preStop =
          Duration.ofSeconds(
              deployment.container().containsKey("lifecycle")
                  ? (Integer)
                      Manifest.at(
                          deployment.container(), "lifecycle", "preStop", "sleep", "seconds")
                  : 0);
      Duration pod =
          Duration.ofSeconds(
              (Integer) deployment.podSpec().orElseThrow().get("terminationGracePeriodSeconds"));

      assertThat(preStop.plus(grace)).isEqualTo(pod);
      assertThat(delay.plus(timeout)).isLessThan(grace);
      assertThat(phase).isGreaterThan(timeout);
      assertThat(deployment.at("spec", "strategy", "rollingUpdate"))
          .isEqualTo(Map.of("maxUnavailable", 0, "maxSurge", 1));
    }
  }

  @Test
  void livenessProbesCheckOnlyTheApp() {
    Manifests manifests = Variants.chart("gRPC readiness").render();

    for (String app : APPS) {
      Map<String, Object> container = manifests.get("Deployment", "mall-" + app).container();
      assertThat(Manifest.at(container, "readinessProbe", "grpc", "port"))
          .isEqualTo(Manifest.at(manifests.config(app), "grpc", "server", "port"));
      for (String probe : List.of("livenessProbe", "startupProbe")) {
        assertThat(Manifest.at(container, probe, "httpGet", "path"))
            .isEqualTo("/actuator/health/liveness");
      }
      assertThat(manifests.config(app).toString()).doesNotContain("group");
    }
  }

  @Test
  void selectorsNeverChange() {
    Map<String, Object> before = selectors(Chart.tryOut().render());

    Map<String, Object> after =
        selectors(
            Chart.tryOut()
                .with(
                    """
                    commonLabels: {team: other}
                    image: {tag: 9.9.9}
                    defaults: {podLabels: {team: other}, replicas: 5}
                    etcd: {tls: {enabled: true}, image: {tag: v3.6.99}}
                    config: {logging: {level: {root: debug}}}
                    """)
                .render());

    assertThat(after).isEqualTo(before).isNotEmpty();
  }

  @Test
  void aChangedConfigurationRestartsOnlyItsService() {
    Manifests before = Chart.tryOut().render();
    Manifests after =
        Chart.tryOut()
            .with("services: {payment-app: {config: {mall: {payment: {bank-timeout: 1s}}}}}")
            .render();

    assertThat(podTemplate(after, "order-app")).isEqualTo(podTemplate(before, "order-app"));
    assertThat(podTemplate(after, "inventory-app")).isEqualTo(podTemplate(before, "inventory-app"));
    Map<String, Object> changed = podTemplate(after, "payment-app");
    assertThat(changed).isNotEqualTo(podTemplate(before, "payment-app"));
    assertThat(withoutChecksum(changed))
        .isEqualTo(withoutChecksum(podTemplate(before, "payment-app")));
  }

  @Test
  void unrelatedChangesDoNotRestartAService() {
    Manifests before = Chart.tryOut().render();
    Manifests after =
        Chart.tryOut()
            .with(
                """
                commonLabels: {team: other}
                networkPolicy: {edgeFrom: [{namespaceSelector: {}}]}
                monitoring: {serviceMonitor: {enabled: true}}
                defaults: {replicas: 4, podDisruptionBudget: {enabled: false}}
                postgresql: {persistence: {size: 4Gi}}
                """)
            .render();

    for (String app : APPS) {
      assertThat(podTemplate(after, app)).as(app).isEqualTo(podTemplate(before, app));
    }
  }

  @Test
  void aServicesOwnValuesWinEvenIfZeroOrEmpty() {
    Manifests manifests =
        Chart.of("production")
            .with(
                """
                services:
                  order-app: {autoscaling: {enabled: false}, replicas: 0, podDisruptionBudget: {enabled: false}, javaOptions: ''}
                defaults: {javaOptions: -Xss512k}
                """)
            .render();

    assertThat(manifests.get("Deployment", "mall-order-app").at("spec", "replicas")).isEqualTo(0);
    assertThat(manifests.has("HorizontalPodAutoscaler", "mall-order-app")).isFalse();
    assertThat(manifests.has("HorizontalPodAutoscaler", "mall-payment-app")).isTrue();
    assertThat(manifests.has("PodDisruptionBudget", "mall-order-app")).isFalse();
    assertThat(manifests.get("Deployment", "mall-order-app").content().toString())
        .doesNotContain("JAVA_TOOL_OPTIONS");
    assertThat(manifests.get("Deployment", "mall-payment-app").content().toString())
        .contains("JAVA_TOOL_OPTIONS", "-Xss512k");
  }

  private static Map<String, Object> podTemplate(Manifests manifests, String app) {
    return Manifest.map(manifests.get("Deployment", "mall-" + app).at("spec", "template"));
  }

  private static String withoutChecksum(Map<String, Object> template) {
    return template.toString().replaceAll("checksum/config=[0-9a-f]{64}", "");
  }

  private static Map<String, Object> selectors(Manifests manifests) {
    Map<String, Object> selectors = new TreeMap<>();
    for (Manifest manifest : manifests.all()) {
      if (manifest.kind().equals("Deployment") || manifest.kind().equals("StatefulSet")) {
        selectors.put(manifest.name(), manifest.at("spec", "selector"));
        selectors.put(
            manifest.name() + " claims", List.of("" + manifest.at("spec", "volumeClaimTemplates")));
      }
    }
    return selectors;
  }

  private static Duration duration(Map<String, Object> config, String... path) {
    return DurationStyle.detectAndParse(String.valueOf(Manifest.at(config, path)));
  }
}
