{{/* A service's environment from its pod and from secrets; the rest is in its application.yml. */}}
{{- define "mall.env" -}}
{{- $values := .root.Values -}}
{{- $service := .service -}}
{{- with $service.javaOptions }}
- name: JAVA_TOOL_OPTIONS
  value: {{ . | quote }}
{{- end }}
{{- $additions := list }}
{{- if eq $values.registry.type "kubernetes" }}{{ $additions = append $additions ":/app/kubernetes/*" }}{{ end }}
{{- if include "mall.redis" .root }}{{ $additions = append $additions ":/app/redis/*" }}{{ end }}
{{- with $additions }}
# The image has the clients of Kubernetes and Redis next to the app, outside the class path. The app is the only jar in
# /app, whatever its name.
- name: CLASSPATH
  value: /app/*{{ join "" . }}
{{- end }}
{{- if eq $values.registry.type "etcd" }}
- name: PLATFORM_REGISTRY_ADVERTISEHOST
  valueFrom:
    fieldRef:
      fieldPath: status.podIP
{{- if $service.zone.value }}
- name: PLATFORM_REGISTRY_METADATA_ZONE
  value: {{ $service.zone.value | quote }}
{{- else if $service.zone.label }}
- name: PLATFORM_REGISTRY_METADATA_ZONE
  valueFrom:
    fieldRef:
      fieldPath: metadata.labels['{{ $service.zone.label }}']
{{- end }}
{{- with $values.etcd.auth }}
{{- if .existingSecret }}
{{- include "mall.secretEnv" (list "PLATFORM_ETCD_USERNAME" .existingSecret .usernameKey) }}
{{- include "mall.secretEnv" (list "PLATFORM_ETCD_PASSWORD" .existingSecret .passwordKey) }}
{{- end }}
{{- end }}
{{- end }}
{{- if $service.database.enabled }}
{{- $secret := include "mall.databaseSecret" . }}
{{- $existing := ne $service.database.existingSecret "" }}
{{- include "mall.secretEnv" (list "SPRING_DATASOURCE_USERNAME" $secret (ternary $service.database.usernameKey "username" $existing)) }}
{{- include "mall.secretEnv" (list "SPRING_DATASOURCE_PASSWORD" $secret (ternary $service.database.passwordKey "password" $existing)) }}
{{- end }}
{{- if $values.redis.existingSecret }}
{{- include "mall.secretEnv" (list "PLATFORM_RESILIENCE_RATELIMIT_SHARED_REDISURI" $values.redis.existingSecret $values.redis.uriKey) }}
{{- else if $values.redis.enabled }}
{{- include "mall.secretEnv" (list "PLATFORM_RESILIENCE_RATELIMIT_SHARED_REDISURI" (printf "%s-redis" (include "mall.fullname" .root)) "uri") }}
{{- end }}
{{- if and $values.security.enabled (eq .name $values.edge.service) }}
{{- include "mall.secretEnv" (list "MALL_SESSION_KEY" (include "mall.sessionSecret" .root) "session-key") }}
{{- end }}
{{- with $service.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "mall.secretEnv" }}
- name: {{ index . 0 }}
  valueFrom:
    secretKeyRef:
      name: {{ index . 1 }}
      key: {{ index . 2 }}
{{- end -}}

{{/* Evenly over zones and nodes, separately for each revision. */}}
{{- define "mall.spread" -}}
{{- $spread := .service.topologySpread -}}
{{- $selector := include "mall.selector" . -}}
{{- $keys := list (list "topology.kubernetes.io/zone" $spread.zone) (list "kubernetes.io/hostname" $spread.host) -}}
{{- $constraints := list -}}
{{- range $keys -}}
{{- if ne (index . 1) "none" -}}
{{- $constraints = append $constraints (dict "maxSkew" 1 "topologyKey" (index . 0) "whenUnsatisfiable" (index . 1) "labelSelector" (dict "matchLabels" (fromYaml $selector)) "matchLabelKeys" (list "pod-template-hash")) -}}
{{- end -}}
{{- end -}}
{{- with $constraints }}
topologySpreadConstraints:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}
