package dev.platform.helm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Typos and invalid values fail the installation with a message that names the value. */
class RefusalTest {

  static Stream<Arguments> mistakes() {
    return Stream.of(
        mistake("{servces: {}}", "additional properties 'servces' not allowed"),
        mistake(
            "services: {order-app: {replcas: 3}}",
            "at '/services/order-app': additional properties 'replcas' not allowed"),
        mistake(
            "services: {order-app: {drain: {delay: 5s}}}",
            "at '/services/order-app/drain': additional properties 'delay' not allowed"),
        mistake("defaults: {replicas: two}", "at '/defaults/replicas': got string, want integer"),
        mistake(
            "services: {price-app: {image: {repository: p}}}",
            "at '/services/price-app': missing properties 'names', 'ports'"),
        mistake("etcd: {replicas: 2}", "at '/etcd/replicas': value must be one of 1, 3, 5"),
        mistake(
            "registry: {type: consul}",
            "at '/registry/type': value must be one of 'etcd', 'kubernetes'"),
        mistake("tracing: {sampling: 2}", "at '/tracing/sampling': maximum: got 2, want 1"),
        mistake(
            "services: {order-app: {ports: {grpc: 0}}}",
            "at '/services/order-app/ports/grpc': minimum: got 0, want 1"),
        mistake(
            "etcd: {enabled: false}",
            "etcd.endpoints: [] (expected: the addresses of etcd's members while etcd.enabled is false)"),
        mistake(
            "etcd: {endpoints: ['http://e:2379']}",
            "etcd.endpoints: [\"http://e:2379\"] (expected: none while etcd.enabled is true, which runs etcd in the cluster)"),
        mistake(
            "etcd: {enabled: false, endpoints: ['https://e:2379'], tls: {enabled: false}}",
            "etcd.endpoints: https://e:2379 (expected: http://… while etcd.tls.enabled is false)"),
        mistake(
            "etcd: {enabled: false, endpoints: ['https://e:2379'], tls: {enabled: true}}",
            "etcd.tls.existingSecret: \"\" (expected: a secret with ca.crt"),
        mistake(
            "etcd: {tls: {enabled: true, serverSecret: s}}",
            "etcd.tls.existingSecret and etcd.tls.serverSecret: one of them (expected: both, or neither"),
        mistake(
            "postgresql: {enabled: false}",
            "services.inventory-app.database.url: \"\" (expected: jdbc:postgresql://… while postgresql.enabled is false)"),
        mistake(
            "services: {order-app: {database: {url: 'jdbc:postgresql://db/order'}}}",
            "services.order-app.database.existingSecret: \"\" (expected: the secret with its user, or username and password)"),
        mistake("image: {tag: latest}", "image.tag: latest (expected: a version"),
        mistake(
            "services: {order-app: {image: {tag: latest}}}",
            "services.order-app.image.tag: latest (expected: a version"),
        mistake("etcd: {image: {tag: latest}}", "etcd.image.tag: latest (expected: a version"),
        mistake(
            "security: {rules: {bank.v2.Bank/Charge: {callers: [payment-app]}}}",
            "security.rules: bank.v2.Bank/Charge (expected: a method of one of services.*.grpcServices, inventory.v1.InventoryService,"),
        mistake(
            "security: {rules: {bank.v1.BankGateway/Charge: {caller: payment-app}}}",
            "at '/security/rules/bank.v1.BankGateway~1Charge': additional properties 'caller' not allowed"),
        mistake(
            "security: {certificates: {source: cert-manager}}",
            "security.certificates.issuerRef.name: \"\" (expected: cert-manager's issuer while"),
        mistake(
            "security: {certificates: {source: secrets}}",
            "services.inventory-app.tls.existingSecret: \"\" (expected: a secret with ca.crt, tls.crt and tls.key while"),
        mistake(
            "defaults: {probes: {readiness: {type: grpc}}}",
            "services.inventory-app.probes.readiness.type: grpc (expected: http while security.enabled is true"),
        mistake(
            "edge: {service: shop}", "edge.service: shop (expected: one of the enabled services"),
        mistake(
            "edge: {httpRoute: {enabled: true}}",
            "edge.httpRoute.parentRefs: [] (expected: the Gateway that the route belongs to)"),
        mistake(
            "defaults: {autoscaling: {enabled: true, minReplicas: 9, maxReplicas: 3}}",
            "autoscaling.minReplicas: 9 (expected: at most maxReplicas, 3)"),
        mistake(
            "defaults: {autoscaling: {enabled: true}, resources: {requests: {cpu: null}}}",
            "resources.requests.cpu: none (expected: a value, which autoscaling needs)"),
        mistake(
            "config: {platform: {drain: {timeout: 60s}}}",
            "config: platform.drain {\"delay\":\"5s\",\"grace-period\":\"45s\",\"timeout\":\"60s\"} (expected:"
                + " services.inventory-app.drain or defaults.drain, which also set the pod's grace period)"),
        mistake(
            "config: {server: {port: 9999}}",
            "config: another server.port or grpc.server.port (expected: services.inventory-app.ports"),
        mistake(
            "config: {platform.drain.delay: 2s}",
            "config: platform.drain.delay (expected: nested keys, since they are merged with the chart's own)"),
        mistake(
            "collector: {enabled: true}",
            "collector.tracesEndpoint and collector.metricsEndpoint: not both set"),
        mistake("fullnameOverride: Shop", "fullnameOverride: Shop (expected: lower-case letters"),
        mistake(
            "fullnameOverride: 1shop",
            "1shop (expected: lower-case letters, digits and dashes, a letter first"),
        mistake(
            "monitoring: {prometheusRule: {enabled: true}}",
            "monitoring.prometheusRule.enabled: true (expected: monitoring.serviceMonitor.enabled as well"),
        mistake(
            "etcd: {auth: {existingSecret: apps}}",
            "etcd.auth.rootSecret: \"\" (expected: the secret with the password of etcd's user root"),
        mistake(
            "etcd: {enabled: false, endpoints: ['http://e:2379'], tls: {enabled: false}, auth: {existingSecret: apps, rootSecret: root}}",
            "etcd.auth.rootSecret: root (expected: none while etcd.enabled is false"),
        mistake(
            "etcd: {enabled: false, endpoints: ['http://e:2379'], tls: {enabled: false, transition: true}}",
            "etcd.tls.transition: true (expected: false while etcd.enabled is false"),
        mistake(
            "redis: {enabled: true, existingSecret: r}",
            "redis.existingSecret: r (expected: none while redis.enabled is true"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("mistakes")
  void isRefusedWithAMessage(String values, String sentence) {
    assertThat(Chart.tryOut().with(values).refusal()).contains(sentence);
  }

  private static Arguments mistake(String values, String sentence) {
    return Arguments.of(values, sentence);
  }
}
