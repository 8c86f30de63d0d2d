package dev.platform.helm;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/** Tested combinations of values: a name, a file and its overrides. */
final class Variants {

  private static final Map<String, String[]> ALL = new LinkedHashMap<>();

  static {
    add("try-out", "try-out", "");
    add("production", "production", "");
    add("high availability", "ha", "");
    add(
        "kubernetes registry and Redis",
        "try-out",
        "{registry: {type: kubernetes}, redis: {enabled: true}}");
    add("kubernetes registry", "try-out", "registry: {type: kubernetes}");
    add("kubernetes registry in production", "production", "registry: {type: kubernetes}");
    add("etcd with TLS", "try-out", "etcd: {tls: {enabled: true}}");
    add(
        "etcd with TLS of one's own",
        "try-out",
        "etcd: {tls: {enabled: true, existingSecret: c, serverSecret: s}}");
    add(
        "etcd without client certificates",
        "try-out",
        "etcd: {tls: {enabled: true, clientCertificate: false}}");
    add("etcd on its way to TLS", "try-out", "etcd: {tls: {enabled: false, transition: true}}");
    add(
        "etcd on its way from TLS, with users",
        "try-out",
        "etcd: {tls: {enabled: true, transition: true}, auth: {existingSecret: apps, rootSecret: root}}");
    add("one etcd without a disk", "try-out", "etcd: {replicas: 1, persistence: {enabled: false}}");
    add(
        "five etcds, spread",
        "try-out",
        "etcd: {replicas: 5, antiAffinity: hard, zoneSpread: DoNotSchedule, defragmentation: {enabled: false}}");
    add(
        "etcd elsewhere",
        "try-out",
        "etcd: {enabled: false, endpoints: ['http://etcd.example.com:2379'], tls: {enabled: false}}");
    add("a namespace in etcd", "try-out", "registry: {namespace: /staging, leaseTtlSeconds: 5}");
    add("Redis", "try-out", "redis: {enabled: true}");
    add("Redis elsewhere", "production", "redis: {existingSecret: redis, limiters: [all-calls]}");
    add(
        "a collector",
        "try-out",
        "collector: {enabled: true, tracesEndpoint: 'tempo:4317', metricsEndpoint: 'http://prometheus:9090/api/v1/write'}");
    add("Ingress for every name", "try-out", "edge: {ingress: {enabled: true, className: nginx}}");
    add(
        "Ingress and HTTPRoute",
        "try-out",
        "edge: {ingress: {enabled: true, hosts: [a.example.com, b.example.com]}, httpRoute: {enabled: true, parentRefs: [{name: public}], hostnames: [a.example.com]}}");
    add(
        "monitoring",
        "try-out",
        "monitoring: {serviceMonitor: {enabled: true, labels: {release: prometheus}}, prometheusRule: {enabled: true}, dashboards: {enabled: true}}");
    add(
        "no policies, no tests",
        "try-out",
        "{networkPolicy: {enabled: false}, tests: {enabled: false}}");
    add(
        "autoscaling of one",
        "try-out",
        "services: {order-app: {autoscaling: {enabled: true, metrics: [{type: Resource, resource: {name: memory, target: {type: Utilization, averageUtilization: 80}}}]}}}");
    add(
        "gRPC readiness",
        "try-out",
        "{security: {enabled: false}, defaults: {probes: {readiness: {type: grpc}}}}");
    add("security by a mesh", "production", "security: {enabled: false}");
    add(
        "certificates by cert-manager",
        "try-out",
        "{security: {authorization: shadow, certificates: {source: cert-manager, issuerRef: {name: mall}}, users: {issuer: 'https://login.example.com', audiences: [mall]}}}");
    add(
        "certificates of one's own",
        "try-out",
        "{security: {certificates: {source: secrets}}, defaults: {tls: {existingSecret: own}}, postgresql: {tls: {existingSecret: own}}}");
    add("PostgreSQL without TLS", "try-out", "postgresql: {tls: {enabled: false}}");
    add("etcd in plaintext", "try-out", "etcd: {tls: {enabled: false}}");
    add(
        "nothing to wait for at the end",
        "try-out",
        "defaults: {drain: {preStopSeconds: 0, delaySeconds: 0, timeoutSeconds: 1, reserveSeconds: 2}}");
    add(
        "placement",
        "production",
        "defaults: {affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: disk, operator: In, values: [ssd]}]}]}}}, nodeSelector: {kubernetes.io/os: linux}, tolerations: [{key: shop, operator: Exists}], priorityClassName: high, topologySpread: {zone: none, host: none}, zone: {value: eu-1}}");
    add(
        "extras",
        "try-out",
        "{extraManifests: [{apiVersion: v1, kind: ConfigMap, metadata: {name: '{{ .Release.Name }}-extra'}}, \"apiVersion: v1\\nkind: ConfigMap\\nmetadata:\\n  name: text\"], defaults: {extraEnv: [{name: A, value: b}], extraEnvFrom: [{configMapRef: {name: mall-extra}}], extraVolumes: [{name: x, emptyDir: {}}], extraVolumeMounts: [{name: x, mountPath: /x}], podAnnotations: {a: b}, podLabels: {team: shop}}, commonLabels: {team: shop}, image: {pullSecrets: [registry]}}");
    add(
        "a fourth service",
        "try-out",
        "{services: {price-app: {image: {repository: mall/price-app}, names: [price-service], grpcServices: [price.v1.PriceService], ports: {http: 8083, grpc: 50054}, database: {name: price}}}, security: {rules: {price.v1.PriceService/*: {callers: [order-app]}, product.v1.ProductService/*: {callers: [order-app, price-app]}}}}");
    add(
        "a service without a database or account",
        "try-out",
        "services: {payment-app: {database: {enabled: false}, serviceAccount: {create: false}}}");
    add(
        "digests and other names",
        "try-out",
        "{fullnameOverride: shop, image: {registry: r.example.com, tag: 1.2.3}, services: {order-app: {image: {digest: 'sha256:%s'}}}}"
            .formatted("a".repeat(64)));
    add(
        "a digest for each image",
        "try-out",
        ("{image: {requireDigests: true, registry: r.example.com}, defaults: {image: {digest: '%1$s'}}, redis: {enabled: true, image: {digest: '%1$s'}},"
                + " etcd: {image: {digest: '%1$s'}}, postgresql: {image: {digest: '%1$s'}}, tests: {image: {digest: '%1$s'}},"
                + " collector: {enabled: true, tracesEndpoint: 't:4317', metricsEndpoint: 'http://m', image: {digest: '%1$s'}}}")
            .formatted(Chart.DIGEST));
    add(
        "passwords as values",
        "production",
        "services: {order-app: {database: {existingSecret: '', username: o, password: p}}}");
  }

  private Variants() {}

  private static void add(String name, String file, String values) {
    ALL.put(name, new String[] {file, values});
  }

  static Stream<String> names() {
    return ALL.keySet().stream();
  }

  static Chart chart(String name) {
    String[] variant = ALL.get(name);
    Chart chart = Chart.of(variant[0]);
    return variant[1].isEmpty() ? chart : chart.with(variant[1]);
  }
}
