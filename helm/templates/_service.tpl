{{/* A service's values over the defaults, as JSON. Takes (dict "root" $ "name" name). */}}
{{- define "mall.service" -}}
{{- $own := index .root.Values.services .name -}}
{{- mergeOverwrite (deepCopy .root.Values.defaults) (deepCopy ($own | default dict)) | toJson -}}
{{- end -}}

{{/* The names of the services that are enabled, as a JSON list. */}}
{{- define "mall.enabledServices" -}}
{{- $names := list -}}
{{- range $name := keys .Values.services | sortAlpha -}}
{{- $service := include "mall.service" (dict "root" $ "name" $name) | fromJson -}}
{{- if $service.enabled }}{{ $names = append $names $name }}{{ end -}}
{{- end -}}
{{- toJson $names -}}
{{- end -}}

{{- define "mall.serviceName" -}}
{{ include "mall.nameOf" (list "Deployment" (printf "%s-%s" (include "mall.fullname" .root) .name)) }}
{{- end -}}

{{- define "mall.serviceAccountName" -}}
{{- if .service.serviceAccount.name -}}
{{ .service.serviceAccount.name }}
{{- else -}}
{{ ternary (include "mall.serviceName" .) "default" .service.serviceAccount.create }}
{{- end -}}
{{- end -}}

{{- define "mall.serviceImage" -}}
{{- $image := .service.image -}}
{{- $repository := ternary (printf "%s/%s" (trimSuffix "/" .root.Values.image.registry) $image.repository) $image.repository (ne .root.Values.image.registry "") -}}
{{- if $image.digest -}}
{{ $repository }}@{{ $image.digest }}
{{- else -}}
{{ $repository }}:{{ coalesce $image.tag .root.Values.image.tag .root.Chart.AppVersion }}
{{- end -}}
{{- end -}}

{{/* How long the kubelet waits before it kills the pod. */}}
{{- define "mall.terminationGracePeriod" -}}
{{- $drain := .drain -}}
{{ add $drain.preStopSeconds $drain.delaySeconds $drain.timeoutSeconds $drain.reserveSeconds }}
{{- end -}}

{{/* The secret with a service's database user. */}}
{{- define "mall.databaseSecret" -}}
{{ .service.database.existingSecret | default (include "mall.nameOf" (list "Secret" (printf "%s-database" (include "mall.serviceName" .)))) }}
{{- end -}}

{{/* The secret with ca.crt of a service's database; none: its certificate is not verified. */}}
{{- define "mall.databaseCaSecret" -}}
{{- $database := .service.database -}}
{{- if and $database.enabled $database.url -}}
{{ $database.caSecret }}
{{- else if and $database.enabled .root.Values.postgresql.tls.enabled -}}
{{ include "mall.postgresqlTlsSecret" .root }}
{{- end -}}
{{- end -}}

{{/* The secret with the certificate of the PostgreSQL in the cluster. */}}
{{- define "mall.postgresqlTlsSecret" -}}
{{ .Values.postgresql.tls.existingSecret | default (printf "%s-postgresql-tls" (include "mall.fullname" .)) }}
{{- end -}}

{{/* A probe of a service: (dict "path" path "probe" values). */}}
{{- define "mall.probe" -}}
{{- if eq (.probe.type | default "http") "grpc" -}}
grpc:
  port: {{ .grpcPort }}
{{- else -}}
httpGet:
  path: {{ .path }}
  port: management
{{- end }}
{{- toYaml (omit .probe "type") | nindent 0 }}
{{- end -}}
