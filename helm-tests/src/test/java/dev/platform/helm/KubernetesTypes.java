package dev.platform.helm;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubernetes.client.openapi.JSON;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1CronJob;
import io.kubernetes.client.openapi.models.V1Deployment;
import io.kubernetes.client.openapi.models.V1Ingress;
import io.kubernetes.client.openapi.models.V1Job;
import io.kubernetes.client.openapi.models.V1NetworkPolicy;
import io.kubernetes.client.openapi.models.V1Pod;
import io.kubernetes.client.openapi.models.V1PodDisruptionBudget;
import io.kubernetes.client.openapi.models.V1Role;
import io.kubernetes.client.openapi.models.V1RoleBinding;
import io.kubernetes.client.openapi.models.V1Secret;
import io.kubernetes.client.openapi.models.V1Service;
import io.kubernetes.client.openapi.models.V1ServiceAccount;
import io.kubernetes.client.openapi.models.V1StatefulSet;
import io.kubernetes.client.openapi.models.V2HorizontalPodAutoscaler;
import java.util.List;
import java.util.Map;

/**
 * The fields that the API accepts. Kubernetes' own types list every field and reject others. There
 * are no types for foreign kinds (Prometheus operator, Gateway API): {@link #FOREIGN} lists the
 * fields that the chart uses, by version.
 */
final class KubernetesTypes {

  private static final Map<String, Class<?>> OWN =
      Map.ofEntries(
          Map.entry("v1/ConfigMap", V1ConfigMap.class),
          Map.entry("v1/Pod", V1Pod.class),
          Map.entry("v1/Secret", V1Secret.class),
          Map.entry("v1/Service", V1Service.class),
          Map.entry("v1/ServiceAccount", V1ServiceAccount.class),
          Map.entry("apps/v1/Deployment", V1Deployment.class),
          Map.entry("apps/v1/StatefulSet", V1StatefulSet.class),
          Map.entry("batch/v1/CronJob", V1CronJob.class),
          Map.entry("batch/v1/Job", V1Job.class),
          Map.entry("autoscaling/v2/HorizontalPodAutoscaler", V2HorizontalPodAutoscaler.class),
          Map.entry("policy/v1/PodDisruptionBudget", V1PodDisruptionBudget.class),
          Map.entry("networking.k8s.io/v1/NetworkPolicy", V1NetworkPolicy.class),
          Map.entry("networking.k8s.io/v1/Ingress", V1Ingress.class),
          Map.entry("rbac.authorization.k8s.io/v1/Role", V1Role.class),
          Map.entry("rbac.authorization.k8s.io/v1/RoleBinding", V1RoleBinding.class));

  /** The fields of each version; dots separate levels, [] marks lists. */
  private static final Map<String, List<String>> FOREIGN =
      Map.of(
          "monitoring.coreos.com/v1/ServiceMonitor",
          List.of(
              "jobLabel",
              "selector.matchLabels",
              "endpoints[].port",
              "endpoints[].path",
              "endpoints[].interval",
              "endpoints[].relabelings[].action",
              "endpoints[].relabelings[].regex",
              "endpoints[].relabelings[].sourceLabels[]",
              "endpoints[].relabelings[].targetLabel"),
          "monitoring.coreos.com/v1/PrometheusRule",
          List.of(
              "groups[].name",
              "groups[].rules[].record",
              "groups[].rules[].alert",
              "groups[].rules[].expr",
              "groups[].rules[].for",
              "groups[].rules[].labels",
              "groups[].rules[].annotations"),
          "cert-manager.io/v1/Certificate",
          List.of(
              "secretName",
              "commonName",
              "dnsNames[]",
              "ipAddresses[]",
              "uris[]",
              "duration",
              "renewBefore",
              "privateKey.algorithm",
              "privateKey.rotationPolicy",
              "usages[]",
              "issuerRef.name",
              "issuerRef.kind",
              "issuerRef.group"),
          "gateway.networking.k8s.io/v1/HTTPRoute",
          List.of(
              "parentRefs[].name",
              "parentRefs[].namespace",
              "hostnames[]",
              "rules[].matches[].path.type",
              "rules[].matches[].path.value",
              "rules[].backendRefs[].name",
              "rules[].backendRefs[].port"));

  private KubernetesTypes() {}

  /** Fails on fields that the API would reject. */
  static void check(Manifest manifest) {
    String type = manifest.apiVersion() + "/" + manifest.kind();
    if (OWN.containsKey(type)) {
      Object parsed = JSON.getGson().fromJson(manifest.json(), OWN.get(type));
      assertThat(parsed).as(type).isNotNull();
      return;
    }
    assertThat(FOREIGN).as("known types").containsKey(type);
    assertThat(manifest.content().keySet())
        .containsExactlyInAnyOrder("apiVersion", "kind", "metadata", "spec");
    checkFields(manifest.at("spec"), "", FOREIGN.get(type), type);
  }

  private static void checkFields(Object value, String at, List<String> known, String type) {
    if (known.contains(at)) {
      return;
    }
    if (value instanceof Map<?, ?> map) {
      map.forEach(
          (key, below) ->
              checkFields(below, at.isEmpty() ? "" + key : at + "." + key, known, type));
    } else if (value instanceof List<?> list) {
      list.forEach(below -> checkFields(below, at + "[]", known, type));
    } else {
      throw new AssertionError(type + ": " + at + " (expected: one of " + known + ")");
    }
  }
}
