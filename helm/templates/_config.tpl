{{/* The application.yml of a service. Takes (dict "root" $ "name" name "service" values). */}}
{{- define "mall.config" -}}
{{- $computed := include "mall.computedConfig" . | fromYaml -}}
{{- $given := mergeOverwrite (deepCopy .root.Values.config) (deepCopy .service.config) -}}
{{- mergeOverwrite $computed $given | toYaml -}}
{{- end -}}

{{/* Configuration derived from the other values. */}}
{{- define "mall.computedConfig" -}}
{{- $values := .root.Values -}}
{{- $drain := .service.drain -}}
server:
  port: {{ .service.ports.http }}
  {{- if and (eq .name $values.edge.service) (or $values.edge.ingress.enabled $values.edge.httpRoute.enabled) }}
  # The proxy's headers say whether a request came by https.
  forward-headers-strategy: native
  {{- end }}
grpc:
  server:
    port: {{ .service.ports.grpc }}
platform:
  {{- include "mall.securityConfig" . | nindent 2 }}
  {{- if eq $values.registry.type "etcd" }}
  {{- include "mall.etcdConfig" . | nindent 2 }}
  {{- else }}
  {{- include "mall.kubernetesConfig" . | nindent 2 }}
  {{- end }}
  {{- if include "mall.redis" .root }}
  resilience:
    rate-limit:
      shared:
        limiters: {{ toJson $values.redis.limiters }}
  {{- end }}
  drain:
    delay: {{ $drain.delaySeconds }}s
    timeout: {{ $drain.timeoutSeconds }}s
    # The rest of the pod's grace period after its preStop hook.
    grace-period: {{ add $drain.delaySeconds $drain.timeoutSeconds $drain.reserveSeconds }}s
spring:
  lifecycle:
    timeout-per-shutdown-phase: {{ add $drain.timeoutSeconds 5 }}s
  {{- if eq $values.registry.type "kubernetes" }}
  {{- include "mall.springCloudKubernetes" . | nindent 2 }}
  {{- end }}
  {{- if .service.database.enabled }}
  datasource:
    url: {{ include "mall.databaseUrl" . | quote }}
  flyway:
    # Waits for a database that starts together with the mall.
    connect-retries: 20
    connect-retries-interval: 3s
  {{- end }}
  {{- with and .service.userTokens $values.security.users.issuer }}
  security:
    oauth2:
      resourceserver:
        jwt:
          issuer-uri: {{ . }}
  {{- end }}
  {{- $etcdTls := and (eq $values.registry.type "etcd") $values.etcd.tls.enabled }}
  {{- if or $etcdTls $values.security.enabled }}
  ssl:
    bundle:
      pem:
        {{- if $values.security.enabled }}
        mall:
          # Picks up renewed certificates.
          reload-on-update: true
          truststore:
            certificate: file:/etc/mall/tls/ca.crt
          keystore:
            certificate: file:/etc/mall/tls/tls.crt
            private-key: file:/etc/mall/tls/tls.key
        {{- end }}
        {{- if $etcdTls }}
        etcd:
          # Picks up renewed certificates.
          reload-on-update: true
          truststore:
            certificate: file:/etc/mall/etcd/ca.crt
          {{- if $values.etcd.tls.clientCertificate }}
          keystore:
            certificate: file:/etc/mall/etcd/tls.crt
            private-key: file:/etc/mall/etcd/tls.key
          {{- end }}
        {{- end }}
  {{- end }}
{{- if and $values.security.enabled (eq .name $values.edge.service) }}
mall:
  identity: required
  {{- with $values.security.users.clientId }}
  login:
    client-id: {{ . }}
  {{- end }}
{{- end }}
management:
  {{- if $values.security.enabled }}
  endpoints:
    web:
      exposure:
        include: health, prometheus, metrics, serviceregistry, circuitbreakers, ratelimiters, platform, platformauthorization
  {{- end }}
  server:
    # Without TLS: kubelet and Prometheus read it, and policies let nobody else.
    port: {{ .service.managementPort }}
  tracing:
    sampling:
      probability: {{ $values.tracing.sampling }}
  {{- with include "mall.tracingEndpoint" .root }}
  otlp:
    tracing:
      endpoint: {{ . }}
  {{- end }}
{{- if ne $values.logging.format "none" }}
logging:
  structured:
    format:
      console: {{ $values.logging.format }}
{{- end }}
{{- end -}}

{{- define "mall.etcdConfig" -}}
{{- $values := .root.Values -}}
etcd:
  endpoints: {{ include "mall.etcdEndpoints" .root }}
  {{- if $values.etcd.tls.enabled }}
  ssl:
    bundle: etcd
  {{- end }}
  {{- with $values.registry.namespace }}
  namespace: {{ . }}
  {{- end }}
registry:
  services: {{ toJson .service.names }}
  lease-ttl: {{ $values.registry.leaseTtlSeconds }}s
{{- end -}}

{{- define "mall.kubernetesConfig" -}}
registry:
  enabled: false
discovery:
  # Registration in etcd.
  enabled: false
  # Reads the client's memory, not the API.
  poll-interval: 1s
{{- end -}}

{{- define "mall.springCloudKubernetes" -}}
cloud:
  discovery:
    client:
      health-indicator:
        # It would read this process's own pod, which the token does not permit.
        enabled: false
{{- end -}}

{{- define "mall.databaseUrl" -}}
{{- $database := .service.database -}}
{{- $url := $database.url | default (printf "jdbc:postgresql://%s-postgresql:5432/%s" (include "mall.fullname" .root) ($database.name | default .name)) -}}
{{- if include "mall.databaseCaSecret" . -}}
{{ $url }}{{ ternary "&" "?" (contains "?" $url) }}sslmode=verify-full&sslrootcert=/etc/mall/database/ca.crt
{{- else -}}
{{ $url }}
{{- end -}}
{{- end -}}

{{/* The addresses of etcd's members, as a JSON list. */}}
{{- define "mall.etcdEndpoints" -}}
{{- $etcd := .Values.etcd -}}
{{- $endpoints := $etcd.endpoints -}}
{{- if $etcd.enabled -}}
{{- $endpoints = list -}}
{{- range $number := until (int $etcd.replicas) -}}
{{- $endpoints = append $endpoints (printf "%s://%s:%s" (include "mall.etcdScheme" $) (include "mall.etcdMember" (dict "root" $ "number" $number)) (include "mall.etcdPort" $)) -}}
{{- end -}}
{{- end -}}
{{- toJson $endpoints -}}
{{- end -}}

{{- define "mall.tracingEndpoint" -}}
{{- if .Values.collector.enabled -}}
http://{{ include "mall.fullname" . }}-collector:4317
{{- else -}}
{{ .Values.tracing.endpoint }}
{{- end -}}
{{- end -}}

{{/* Whether there is a Redis, in the cluster or elsewhere. */}}
{{- define "mall.redis" -}}
{{- if or .Values.redis.enabled .Values.redis.existingSecret }}yes{{ end -}}
{{- end -}}
