{{- define "mall.etcdName" -}}
{{ include "mall.fullname" . }}-etcd
{{- end -}}

{{/* The host name of a member: (dict "root" $ "number" 0). */}}
{{- define "mall.etcdMember" -}}
{{- $name := include "mall.etcdName" .root -}}
{{ $name }}-{{ .number }}.{{ $name }}-headless.{{ .root.Release.Namespace }}.svc
{{- end -}}

{{/* The secret with the certificates of an etcd client. */}}
{{- define "mall.etcdClientSecret" -}}
{{ .Values.etcd.tls.existingSecret | default (printf "%s-client-tls" (include "mall.etcdName" .)) }}
{{- end -}}

{{- define "mall.etcdServerSecret" -}}
{{ .Values.etcd.tls.serverSecret | default (printf "%s-server-tls" (include "mall.etcdName" .)) }}
{{- end -}}

{{- define "mall.etcdScheme" -}}
{{ ternary "https" "http" .Values.etcd.tls.enabled }}
{{- end -}}

{{/* A secret with a certificate: (dict "root" $ "secret" name "ca" ca "certificate" certificate). */}}
{{- define "mall.certificateSecret" }}
---
apiVersion: v1
kind: Secret
metadata:
  name: {{ .secret }}
  labels:
    {{- include "mall.labels" (dict "root" .root "component" "etcd") | nindent 4 }}
  annotations:
    # A new installation reuses the secrets; a deleted one is generated again.
    helm.sh/resource-policy: keep
type: kubernetes.io/tls
data:
  ca.crt: {{ .ca | b64enc }}
  tls.crt: {{ .certificate | b64enc }}
  tls.key: {{ .key | b64enc }}
{{- end -}}
