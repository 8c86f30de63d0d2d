package dev.platform.helm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Names fit into what Kubernetes takes, for every name that Helm takes for a release. */
class NamesTest {

  /** A CronJob's and a StatefulSet's objects have longer names than they themselves. */
  private static final Map<String, Integer> LIMITS = Map.of("CronJob", 52, "StatefulSet", 52);

  private static final int LABEL = 63;

  private static final String EVERYTHING =
      """
      collector: {enabled: true, tracesEndpoint: 'tempo:4317', metricsEndpoint: 'http://prometheus:9090/'}
      redis: {enabled: true}
      etcd: {tls: {enabled: true}}
      edge: {ingress: {enabled: true}}
      defaults: {autoscaling: {enabled: true}}
      monitoring: {serviceMonitor: {enabled: true}, prometheusRule: {enabled: true}, dashboards: {enabled: true}}
      services:
        a-service-with-a-name-of-forty-character:
          image: {repository: shop/long}
          names: [long-service]
          ports: {http: 8090, grpc: 50060}
          database: {name: long}
      """;

  static Stream<String> releases() {
    return Stream.of(
        "m",
        "shop.eu-1",
        "customer-portal-staging-eu-west",
        "customer-portal-staging-eu-west-and-far-beyond-mall-1",
        // A dash where the name is cut.
        "customer-portal-staging-eu-westxx-ab-and-far-beyond-1");
  }

  @ParameterizedTest
  @MethodSource("releases")
  void everyNameFits(String release) {
    assertThat(release.length()).isLessThanOrEqualTo(53);
    Manifests manifests = Chart.tryOut().named(release).with(EVERYTHING).render();

    Set<String> seen = new HashSet<>();
    for (Manifest manifest : manifests.all()) {
      String what = manifest.kind() + " " + manifest.name();
      assertThat(seen.add(what)).as("%s is unique", what).isTrue();
      assertThat(manifest.name())
          .as(what)
          .hasSizeLessThanOrEqualTo(LIMITS.getOrDefault(manifest.kind(), LABEL))
          .matches("[a-z]([-a-z0-9]*[a-z0-9])?");
      assertThat(manifest.labels().values())
          .as("labels of %s", what)
          .allSatisfy(value -> assertThat(value.toString()).hasSizeLessThanOrEqualTo(LABEL));
    }
    assertReferences(manifests);
  }

  private static void assertReferences(Manifests manifests) {
    for (Manifest scaler : manifests.ofKind("HorizontalPodAutoscaler")) {
      manifests.get("Deployment", scaler.text("spec", "scaleTargetRef", "name"));
    }
    for (Manifest set : manifests.ofKind("StatefulSet")) {
      manifests.get("Service", set.text("spec", "serviceName"));
    }
    for (Manifest deployment : manifests.ofKind("Deployment")) {
      for (Map<String, Object> volume :
          Manifest.maps(deployment.podSpec().orElseThrow().get("volumes"))) {
        Object config = Manifest.at(volume, "configMap", "name");
        assertThat(config == null || manifests.has("ConfigMap", config.toString())).isTrue();
      }
    }
  }

  @Test
  void releasesWhoseNamesOnlyDifferAtTheirEndsDoNotShareNames() {
    String common = "customer-portal-staging-eu-west-and-far-beyond-";
    Set<String> names = new HashSet<>();
    for (String release : List.of(common + "1", common + "2")) {
      Manifests manifests = Chart.tryOut().named(release).render();
      for (Manifest manifest : manifests.all()) {
        assertThat(names.add(manifest.kind() + " " + manifest.name()))
            .as("%s of %s is its own", manifest.name(), release)
            .isTrue();
      }
    }
  }
}
