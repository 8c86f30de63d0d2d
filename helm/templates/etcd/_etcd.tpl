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

{{/* The port of the etcd in the cluster for the apps. TLS has a port of its own, which plaintext can be beside in transition;
     without transition 2379 is TLS, too. */}}
{{- define "mall.etcdPort" -}}
{{ ternary 2378 2379 .Values.etcd.tls.enabled }}
{{- end -}}

{{/* The ports of the etcd in the cluster for clients, as a JSON list. */}}
{{- define "mall.etcdClientPorts" -}}
{{- if include "mall.etcdHasCertificates" . }}[2379, 2378]{{ else }}[2379]{{ end -}}
{{- end -}}

{{/* Whether members have certificates: with TLS, and in transition to or from it. */}}
{{- define "mall.etcdHasCertificates" -}}
{{- if or .Values.etcd.tls.enabled .Values.etcd.tls.transition }}yes{{ end -}}
{{- end -}}

{{/* A running etcd changes between plaintext and TLS in steps, since its members must understand each other meanwhile:
     0 plaintext, 1 plaintext between members that accept TLS from clients and know the certificates, 2 TLS between members
     that still accept plaintext from clients, 3 TLS. */}}
{{- define "mall.etcdStep" -}}
{{- $tls := .Values.etcd.tls -}}
{{- if $tls.transition }}{{ ternary 2 1 $tls.enabled }}{{ else }}{{ ternary 3 0 $tls.enabled }}{{ end -}}
{{- end -}}

{{/* The step of the members in the cluster; empty if there are none, or Helm has no cluster. */}}
{{- define "mall.etcdRunningStep" -}}
{{- $running := lookup "apps/v1" "StatefulSet" .Release.Namespace (include "mall.etcdName" .) -}}
{{- if $running -}}
{{- $arguments := (first $running.spec.template.spec.containers).args | join " " -}}
{{- $tls := contains "--listen-peer-urls=https" $arguments -}}
{{- if contains "--listen-client-urls=http://0.0.0.0:2379,https" $arguments }}{{ ternary 2 1 $tls }}{{ else }}{{ ternary 3 0 $tls }}{{ end -}}
{{- end -}}
{{- end -}}

{{/* What etcdctl needs in a member's container. */}}
{{- define "mall.etcdctlEnv" -}}
{{- $etcd := .Values.etcd -}}
- name: ETCDCTL_ENDPOINTS
  value: {{ include "mall.etcdScheme" . }}://localhost:{{ include "mall.etcdPort" . }}
{{- if $etcd.tls.enabled }}
- name: ETCDCTL_CACERT
  value: /etc/etcd/tls/ca.crt
- name: ETCDCTL_CERT
  value: /etc/etcd/tls/tls.crt
- name: ETCDCTL_KEY
  value: /etc/etcd/tls/tls.key
{{- end }}
{{- include "mall.etcdRootEnv" . }}
{{- end -}}

{{/* etcd's user root, which maintenance needs once etcd has users. */}}
{{- define "mall.etcdRootEnv" -}}
{{- with .Values.etcd.auth }}
{{- if .rootSecret }}
- name: ETCDCTL_USER
  value: root
{{- include "mall.secretEnv" (list "ETCDCTL_PASSWORD" .rootSecret .rootPasswordKey) }}
{{- end }}
{{- end }}
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
