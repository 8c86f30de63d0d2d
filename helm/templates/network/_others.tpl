{{/* The destinations of a service other than the services that it calls. */}}
{{- define "mall.egressToOthers" -}}
{{- with and .service.userTokens .root.Values.security.users.issuer }}
{{- include "mall.egress" (dict "ports" (include "mall.portsOf" (list (list .) (ternary 443 80 (hasPrefix "https" .))) | fromJsonArray) "to" $.root.Values.networkPolicy.issuerTo) }}
{{- end }}
{{- $values := .root.Values -}}
{{- $policy := $values.networkPolicy -}}
{{- $database := .service.database -}}
{{- if eq $values.registry.type "kubernetes" }}
{{- include "mall.egress" (dict "ports" (list 443 6443) "to" $policy.kubernetesApiTo) }}
{{- else if $values.etcd.enabled }}
{{- include "mall.egressToPods" (dict "root" .root "component" "etcd" "ports" (include "mall.etcdClientPorts" .root | fromJsonArray)) }}
{{- else }}
{{- include "mall.egress" (dict "ports" (include "mall.portsOf" (list $values.etcd.endpoints 2379) | fromJsonArray) "to" $policy.etcdTo) }}
{{- end }}
{{- if and $database.enabled $database.url }}
{{- include "mall.egress" (dict "ports" (include "mall.portsOf" (list (list $database.url) 5432) | fromJsonArray) "to" $policy.databaseTo) }}
{{- else if $database.enabled }}
{{- include "mall.egressToPods" (dict "root" .root "component" "postgresql" "ports" (list 5432)) }}
{{- end }}
{{- if $values.redis.existingSecret }}
{{- include "mall.egress" (dict "ports" (list $values.redis.port) "to" $policy.redisTo) }}
{{- else if $values.redis.enabled }}
{{- include "mall.egressToPods" (dict "root" .root "component" "redis" "ports" (list 6379)) }}
{{- end }}
{{- if $values.collector.enabled }}
{{- include "mall.egressToPods" (dict "root" .root "component" "collector" "ports" (list 4317 4318)) }}
{{- else if $values.tracing.endpoint }}
{{- include "mall.egress" (dict "ports" (include "mall.portsOf" (list (list $values.tracing.endpoint) 4317) | fromJsonArray) "to" $policy.tracingTo) }}
{{- end }}
{{- end -}}
