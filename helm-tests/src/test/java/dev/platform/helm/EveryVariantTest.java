package dev.platform.helm;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Rules for all rendered objects, with any values. */
class EveryVariantTest {

  private static final List<String> RESTRICTED_VOLUMES =
      List.of("name", "configMap", "secret", "emptyDir");

  @TempDir private Path copy;

  static Stream<String> variants() {
    return Variants.names();
  }

  @ParameterizedTest
  @MethodSource("variants")
  void isValidForKubernetesAndRunsUnprivileged(String variant) throws Exception {
    Manifests manifests = Variants.chart(variant).withoutHooks(copy).render();

    assertThat(manifests.all()).isNotEmpty();
    Set<String> seen = new HashSet<>();
    for (Manifest manifest : manifests.all()) {
      String what = manifest.kind() + " " + manifest.name();
      KubernetesTypes.check(manifest);
      assertThat(seen.add(what)).as("%s is unique", what).isTrue();
      assertThat(manifest.name()).matches("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");
      assertThat(manifest.content()).as(what).doesNotContainKey("status");
    }
    for (Manifest workload : manifests.workloads()) {
      assertRestricted(workload);
      workload.containers().forEach(container -> assertSecured(workload, container));
      assertReferencesResolve(workload, manifests);
    }
    assertSelectorsMatchPods(manifests);
    assertPortsExist(manifests);
  }

  private static void assertRestricted(Manifest workload) {
    String what = workload.kind() + " " + workload.name();
    Map<String, Object> pod = workload.podSpec().orElseThrow();
    Object security = pod.get("securityContext");
    assertThat(Manifest.at(security, "runAsNonRoot")).as(what).isEqualTo(true);
    assertThat((Integer) Manifest.at(security, "runAsUser")).as(what).isPositive();
    assertThat(Manifest.at(security, "seccompProfile", "type")).isEqualTo("RuntimeDefault");
    assertThat(pod)
        .as(what)
        .containsKey("automountServiceAccountToken")
        .containsEntry("enableServiceLinks", false)
        .doesNotContainKeys("hostNetwork", "hostPID", "hostIPC", "initContainers");
    for (Map<String, Object> volume : Manifest.maps(pod.get("volumes"))) {
      assertThat(RESTRICTED_VOLUMES).as(what).containsAll(volume.keySet());
    }
    assertThat(pod.get("automountServiceAccountToken"))
        .as("a token in %s", what)
        .isEqualTo(workload.kind().equals("Deployment") && usesKubernetesApi(workload));
  }

  private static boolean usesKubernetesApi(Manifest workload) {
    return workload.container().get("name").equals("app")
        && !workload.container().get("env").toString().contains("PLATFORM_REGISTRY");
  }

  private static void assertSecured(Manifest workload, Map<String, Object> container) {
    String what = workload.name() + "/" + container.get("name");
    Map<String, Object> security = Manifest.map(container.get("securityContext"));
    assertThat(security)
        .as(what)
        .containsEntry("allowPrivilegeEscalation", false)
        .containsEntry("readOnlyRootFilesystem", true)
        .containsEntry("runAsNonRoot", true)
        .containsEntry("capabilities", Map.of("drop", List.of("ALL")));
    String image = container.get("image").toString();
    assertThat(image).as(what).matches(".+(:[^:/]+|@sha256:[0-9a-f]{64})").doesNotEndWith("latest");
    assertThat(Manifest.at(container, "resources", "requests", "cpu")).as(what).isNotNull();
    assertThat(Manifest.at(container, "resources", "requests", "memory")).as(what).isNotNull();
    assertThat(Manifest.at(container, "resources", "limits", "memory")).as(what).isNotNull();
    if (workload.kind().equals("Deployment") || workload.kind().equals("StatefulSet")) {
      assertThat(container).containsKeys("startupProbe", "readinessProbe", "livenessProbe");
      assertThat(workload.at("spec", "template", "spec", "serviceAccountName")).isNotNull();
    }
  }

  /**
   * The chart renders all objects that a pod mounts or reads, unless the values name existing ones.
   */
  private static void assertReferencesResolve(Manifest workload, Manifests manifests) {
    Map<String, Object> pod = workload.podSpec().orElseThrow();
    Set<String> configs = new TreeSet<>();
    Set<String> secrets = new TreeSet<>();
    for (Map<String, Object> volume : Manifest.maps(pod.get("volumes"))) {
      add(configs, Manifest.at(volume, "configMap", "name"));
      add(secrets, Manifest.at(volume, "secret", "secretName"));
    }
    for (Map<String, Object> container : workload.containers()) {
      for (Map<String, Object> variable : Manifest.maps(container.get("env"))) {
        add(secrets, Manifest.at(variable, "valueFrom", "secretKeyRef", "name"));
      }
    }
    assertThat(configs).allMatch(name -> manifests.has("ConfigMap", name));
    assertThat(secrets)
        .as("secrets of %s that the chart should create", workload.name())
        .allMatch(
            name ->
                !name.startsWith("mall-")
                    || isOwn(name)
                    || manifests.has("Secret", name)
                    || manifests.has("Certificate", name));
    Object account = pod.get("serviceAccountName");
    if (account != null && !account.equals("default")) {
      assertThat(manifests.has("ServiceAccount", account.toString())).as("%s", account).isTrue();
    }
  }

  /** A secret that values-production.yaml names. */
  private static boolean isOwn(String secret) {
    return List.of("mall-etcd-user", "mall-etcd-client-tls", "mall-session").contains(secret);
  }

  private static void assertSelectorsMatchPods(Manifests manifests) {
    List<Map<String, Object>> pods =
        manifests.workloads().stream().map(Manifest::podLabels).toList();
    for (Manifest manifest : manifests.all()) {
      String[] path =
          switch (manifest.kind()) {
            case "Service" -> new String[] {"spec", "selector"};
            case "Deployment", "StatefulSet", "PodDisruptionBudget" ->
                new String[] {"spec", "selector", "matchLabels"};
            case "NetworkPolicy" -> new String[] {"spec", "podSelector", "matchLabels"};
            default -> null;
          };
      if (path != null) {
        Map<String, Object> selector = Manifest.map(manifest.at(path));
        assertThat(selector).as(manifest.name()).isNotEmpty();
        assertThat(pods)
            .as("pods that %s %s selects", manifest.kind(), manifest.name())
            .anyMatch(labels -> labels.entrySet().containsAll(selector.entrySet()));
      }
    }
    for (Manifest scaler : manifests.ofKind("HorizontalPodAutoscaler")) {
      Manifest target = manifests.get("Deployment", scaler.text("spec", "scaleTargetRef", "name"));
      assertThat(Manifest.map(target.at("spec"))).doesNotContainKey("replicas");
    }
    for (Manifest monitor : manifests.ofKind("ServiceMonitor")) {
      Map<String, Object> selector = Manifest.map(monitor.at("spec", "selector", "matchLabels"));
      List<Manifest> found =
          manifests.ofKind("Service").stream()
              .filter(service -> service.labels().entrySet().containsAll(selector.entrySet()))
              .toList();
      assertThat(found).as("services that %s scrapes", monitor.name()).hasSize(1);
    }
  }

  private static void assertPortsExist(Manifests manifests) {
    for (Manifest service : manifests.ofKind("Service")) {
      Map<String, Object> selector = Manifest.map(service.at("spec", "selector"));
      List<String> named = new ArrayList<>();
      for (Manifest workload : manifests.workloads()) {
        if (workload.podLabels().entrySet().containsAll(selector.entrySet())) {
          for (Map<String, Object> port : Manifest.maps(workload.container().get("ports"))) {
            named.add(port.get("name").toString());
          }
        }
      }
      for (Map<String, Object> port : Manifest.maps(service.at("spec", "ports"))) {
        assertThat(named).as(service.name()).contains(port.get("targetPort").toString());
      }
    }
    for (Manifest ingress : manifests.ofKind("Ingress")) {
      String text = ingress.content().toString();
      assertThat(text).doesNotContain("actuator");
      assertThat(manifests.ofKind("Service"))
          .anyMatch(
              service -> text.contains("service={name=" + service.name() + ", port={name=http}}"));
    }
  }

  private static void add(Set<String> names, Object name) {
    if (name != null) {
      names.add(name.toString());
    }
  }
}
