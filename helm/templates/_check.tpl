{{/* Checks across values, which the schema can't express. Each reports the value and the expectation. */}}
{{- define "mall.check" -}}
{{- include "mall.checkRegistry" . -}}
{{- include "mall.checkSecurity" . -}}
{{- include "mall.checkOthers" . -}}
{{- range list "etcd" "postgresql" "redis" "collector" "tests" -}}
{{- include "mall.checkTag" (list (printf "%s.image.tag" .) (index $.Values . "image").tag) -}}
{{- end -}}
{{- include "mall.checkTag" (list "image.tag" .Values.image.tag) -}}
{{- range $name := include "mall.enabledServices" . | fromJsonArray -}}
{{- $service := include "mall.service" (dict "root" $ "name" $name) | fromJson -}}
{{- include "mall.checkService" (dict "root" $ "name" $name "service" $service) -}}
{{- end -}}
{{- include "mall.checkDigests" . -}}
{{- end -}}

{{- define "mall.checkTag" -}}
{{- if eq (toString (index . 1)) "latest" -}}
{{- fail (printf "%s: latest (expected: a version, since every node would run what it pulled last)" (index . 0)) -}}
{{- end -}}
{{- end -}}

{{/* The last check: helm/digests reads the missing ones from its message. */}}
{{- define "mall.checkDigests" -}}
{{- if .Values.image.requireDigests -}}
{{- $missing := list -}}
{{- range $name := include "mall.enabledServices" . | fromJsonArray -}}
{{- $service := include "mall.service" (dict "root" $ "name" $name) | fromJson -}}
{{- if not $service.image.digest -}}
{{- $missing = append $missing (printf "services.%s.image.digest of %s" $name (include "mall.serviceImage" (dict "root" $ "service" $service))) -}}
{{- end -}}
{{- end -}}
{{- range $name := list "etcd" "postgresql" "redis" "collector" "tests" -}}
{{- $values := index $.Values $name -}}
{{- $used := and $values.enabled (or (ne $name "etcd") (eq $.Values.registry.type "etcd")) -}}
{{- if and $used (not $values.image.digest) -}}
{{- $missing = append $missing (printf "%s.image.digest of %s" $name (include "mall.image" $values.image)) -}}
{{- end -}}
{{- end -}}
{{- if $missing -}}
{{- fail (printf "image.requireDigests: true (expected: a digest of each image; helm/digests writes those that are missing)\n  %s\n" (join "\n  " $missing)) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "mall.checkRegistry" -}}
{{- $etcd := .Values.etcd -}}
{{- if eq .Values.registry.type "etcd" -}}
{{- if and $etcd.enabled $etcd.endpoints -}}
{{- fail (printf "etcd.endpoints: %s (expected: none while etcd.enabled is true, which runs etcd in the cluster)" (toJson $etcd.endpoints)) -}}
{{- end -}}
{{- if not (or $etcd.enabled $etcd.endpoints) -}}
{{- fail "etcd.endpoints: [] (expected: the addresses of etcd's members while etcd.enabled is false)" -}}
{{- end -}}
{{- $scheme := printf "%s://" (include "mall.etcdScheme" .) -}}
{{- range $etcd.endpoints -}}
{{- if not (hasPrefix $scheme .) -}}
{{- fail (printf "etcd.endpoints: %s (expected: %s… while etcd.tls.enabled is %t)" . $scheme $etcd.tls.enabled) -}}
{{- end -}}
{{- end -}}
{{- if and $etcd.tls.enabled (not $etcd.enabled) (not $etcd.tls.existingSecret) -}}
{{- fail "etcd.tls.existingSecret: \"\" (expected: a secret with ca.crt for an etcd outside of this chart)" -}}
{{- end -}}
{{- if and (not $etcd.enabled) $etcd.tls.transition -}}
{{- fail "etcd.tls.transition: true (expected: false while etcd.enabled is false, since it is for the members of this chart)" -}}
{{- end -}}
{{- if and $etcd.enabled (include "mall.etcdHasCertificates" .) (ne ($etcd.tls.existingSecret | empty) ($etcd.tls.serverSecret | empty)) -}}
{{- fail "etcd.tls.existingSecret and etcd.tls.serverSecret: one of them (expected: both, or neither and both are generated)" -}}
{{- end -}}
{{- if $etcd.enabled -}}{{- include "mall.checkEtcdStep" . -}}{{- end -}}
{{- include "mall.checkEtcdUsers" . -}}
{{- end -}}
{{- end -}}

{{- define "mall.checkSecurity" -}}
{{- $security := .Values.security -}}
{{- if and $security.enabled (eq $security.certificates.source "cert-manager") (not $security.certificates.issuerRef.name) -}}
{{- fail "security.certificates.issuerRef.name: \"\" (expected: cert-manager's issuer while security.certificates.source is cert-manager)" -}}
{{- end -}}
{{- $served := list -}}
{{- range $name := include "mall.enabledServices" . | fromJsonArray -}}
{{- $served = concat $served (include "mall.service" (dict "root" $ "name" $name) | fromJson).grpcServices -}}
{{- end -}}
{{- range $method, $rule := $security.rules -}}
{{- if not (has ($method | trimPrefix "[" | splitList "/" | first) $served) -}}
{{- fail (printf "security.rules: %s (expected: a method of one of services.*.grpcServices, %s)" $method (join ", " $served)) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "mall.checkEtcdStep" -}}
{{- $running := include "mall.etcdRunningStep" . -}}
{{- $wanted := include "mall.etcdStep" . | int -}}
{{- if and $running (gt (sub $wanted (int $running) | int | mul (ternary 1 -1 (gt $wanted (int $running)))) 1) -}}
{{- $tls := .Values.etcd.tls -}}
{{- $way := ternary "first etcd.tls.transition: true, later etcd.tls.enabled: true" "first etcd.tls.transition: true, later etcd.tls.enabled: false" (gt $wanted (int $running)) -}}
{{- fail (printf "etcd.tls.enabled: %t, etcd.tls.transition: %t (expected: %s, since the members that run would no longer understand each other; docs/kubernetes.md, TLS on and off)" $tls.enabled ($tls.transition | default false) $way) -}}
{{- end -}}
{{- end -}}

{{- define "mall.checkEtcdUsers" -}}
{{- $auth := .Values.etcd.auth -}}
{{- if and .Values.etcd.enabled $auth.existingSecret (not $auth.rootSecret) -}}
{{- fail "etcd.auth.rootSecret: \"\" (expected: the secret with the password of etcd's user root while etcd.enabled is true; etcd.auth.existingSecret alone creates no user, see docs/kubernetes.md, Users and roles)" -}}
{{- end -}}
{{- if and (not .Values.etcd.enabled) $auth.rootSecret -}}
{{- fail (printf "etcd.auth.rootSecret: %s (expected: none while etcd.enabled is false, since only the chart's own etcd is maintained by it)" $auth.rootSecret) -}}
{{- end -}}
{{- end -}}

{{/* Also called by the templates that need the edge, since Helm chooses the order of templates. */}}
{{- define "mall.checkEdge" -}}
{{- $services := include "mall.enabledServices" . | fromJsonArray -}}
{{- if not (has .Values.edge.service $services) -}}
{{- fail (printf "edge.service: %s (expected: one of the enabled services, %s)" .Values.edge.service (join ", " $services)) -}}
{{- end -}}
{{- end -}}

{{- define "mall.checkOthers" -}}
{{- $prefix := include "mall.fullname" . -}}
{{- if not (regexMatch "^[a-z]([-a-z0-9]*[a-z0-9])?$" $prefix) -}}
{{- fail (printf "the release's name or fullnameOverride: %s (expected: lower-case letters, digits and dashes, a letter first, as in the name of a Service)" $prefix) -}}
{{- end -}}
{{- if and .Values.monitoring.prometheusRule.enabled (not .Values.monitoring.serviceMonitor.enabled) -}}
{{- fail "monitoring.prometheusRule.enabled: true (expected: monitoring.serviceMonitor.enabled as well, since the rules ask for the labels namespace and release that it adds; for a scrape of your own use observability/prometheus/rules.yml)" -}}
{{- end -}}
{{- include "mall.checkEdge" . -}}
{{- if and .Values.edge.httpRoute.enabled (not .Values.edge.httpRoute.parentRefs) -}}
{{- fail "edge.httpRoute.parentRefs: [] (expected: the Gateway that the route belongs to)" -}}
{{- end -}}
{{- if and .Values.redis.enabled .Values.redis.existingSecret -}}
{{- fail (printf "redis.existingSecret: %s (expected: none while redis.enabled is true, which runs Redis in the cluster)" .Values.redis.existingSecret) -}}
{{- end -}}
{{- with .Values.collector -}}
{{- if and .enabled (not (and .tracesEndpoint .metricsEndpoint)) -}}
{{- fail "collector.tracesEndpoint and collector.metricsEndpoint: not both set (expected: the destinations of traces and metrics)" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "mall.checkService" -}}
{{- $at := printf "services.%s" .name -}}
{{- $service := .service -}}
{{- $root := .root -}}
{{- if not $service.image.repository -}}
{{- fail (printf "%s.image.repository: \"\" (expected: the image's repository)" $at) -}}
{{- end -}}
{{- include "mall.checkTag" (list (printf "%s.image.tag" $at) $service.image.tag) -}}
{{- if $root.Values.security.enabled -}}
{{- if and (eq $root.Values.security.certificates.source "secrets") (not $service.tls.existingSecret) -}}
{{- fail (printf "%s.tls.existingSecret: \"\" (expected: a secret with ca.crt, tls.crt and tls.key while security.certificates.source is secrets)" $at) -}}
{{- end -}}
{{- if eq ($service.probes.readiness.type | default "http") "grpc" -}}
{{- fail (printf "%s.probes.readiness.type: grpc (expected: http while security.enabled is true, since the kubelet has no certificate)" $at) -}}
{{- end -}}
{{- end -}}
{{- with $service.autoscaling -}}
{{- if and .enabled (gt (int .minReplicas) (int .maxReplicas)) -}}
{{- fail (printf "%s.autoscaling.minReplicas: %d (expected: at most maxReplicas, %d)" $at (int .minReplicas) (int .maxReplicas)) -}}
{{- end -}}
{{- end -}}
{{- if and $service.autoscaling.enabled (not (($service.resources.requests | default dict).cpu)) -}}
{{- fail (printf "%s.resources.requests.cpu: none (expected: a value, which autoscaling needs)" $at) -}}
{{- end -}}
{{- include "mall.checkDatabase" . -}}
{{- include "mall.checkConfig" . -}}
{{- end -}}

{{- define "mall.checkDatabase" -}}
{{- $at := printf "services.%s.database" .name -}}
{{- $database := .service.database -}}
{{- if $database.enabled -}}
{{- if not (or $database.url .root.Values.postgresql.enabled) -}}
{{- fail (printf "%s.url: \"\" (expected: jdbc:postgresql://… while postgresql.enabled is false)" $at) -}}
{{- end -}}
{{- if and $database.url (not $database.existingSecret) (not (and $database.username $database.password)) -}}
{{- fail (printf "%s.existingSecret: \"\" (expected: the secret with its user, or username and password)" $at) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "mall.checkConfig" -}}
{{- $name := .name -}}
{{- range $where, $config := dict "config" .root.Values.config (printf "services.%s.config" .name) .service.config -}}
{{- range $key, $value := $config -}}
{{- if contains "." $key -}}
{{- fail (printf "%s: %s (expected: nested keys, since they are merged with the chart's own)" $where $key) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $computed := include "mall.computedConfig" . | fromYaml -}}
{{- $config := include "mall.config" . | fromYaml -}}
{{- if ne (toJson $computed.platform.drain) (toJson $config.platform.drain) -}}
{{- fail (printf "config: platform.drain %s (expected: services.%s.drain or defaults.drain, which also set the pod's grace period)" (toJson $config.platform.drain) $name) -}}
{{- end -}}
{{- if or (ne (toString $computed.server.port) (toString $config.server.port)) (ne (toString $computed.grpc.server.port) (toString $config.grpc.server.port)) -}}
{{- fail (printf "config: another server.port or grpc.server.port (expected: services.%s.ports, which Services and policies also use)" $name) -}}
{{- end -}}
{{- end -}}
