{{- define "mall.etcdName" -}}
{{ include "mall.fullname" . }}-etcd
{{- end -}}

{{/* The host name of a member: (dict "root" $ "number" 0). */}}
{{- define "mall.etcdMember" -}}
{{- $name := include "mall.etcdName" .root -}}
{{ $name }}-{{ .number }}.{{ $name }}-headless.{{ .root.Release.Namespace }}.svc
{{- end -}}

{{/* Whether the etcd in the cluster knows each service by its certificate. */}}
{{- define "mall.etcdUsersByCertificate" -}}
{{- $etcd := .Values.etcd -}}
{{- if and $etcd.enabled (eq .Values.registry.type "etcd") $etcd.tls.enabled $etcd.tls.clientCertificate $etcd.auth.certificates (not $etcd.auth.existingSecret) (not $etcd.tls.existingSecret) (not $etcd.tls.transition) }}yes{{ end -}}
{{- end -}}

{{/* The secret with the certificate of an etcd client: (dict "root" $ "name" service). */}}
{{- define "mall.etcdClientSecret" -}}
{{- $etcd := .root.Values.etcd -}}
{{- if $etcd.tls.existingSecret -}}
{{ $etcd.tls.existingSecret }}
{{- else if include "mall.etcdUsersByCertificate" .root -}}
{{ include "mall.nameOf" (list "Secret" (printf "%s-%s-client-tls" (include "mall.etcdName" .root) .name)) }}
{{- else -}}
{{ include "mall.etcdName" .root }}-client-tls
{{- end -}}
{{- end -}}

{{/* The secret with the certificate of etcd's user root. */}}
{{- define "mall.etcdRootSecret" -}}
{{ include "mall.etcdName" . }}-root-tls
{{- end -}}

{{/* The secret with the certificate of a client that maintains etcd. */}}
{{- define "mall.etcdMaintenanceSecret" -}}
{{- if include "mall.etcdUsersByCertificate" . -}}
{{ include "mall.etcdRootSecret" . }}
{{- else -}}
{{ include "mall.etcdClientSecret" (dict "root" . "name" "") }}
{{- end -}}
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
{{- $folder := ternary "root" "tls" (ne (include "mall.etcdUsersByCertificate" .) "") }}
- name: ETCDCTL_CACERT
  value: /etc/etcd/{{ $folder }}/ca.crt
- name: ETCDCTL_CERT
  value: /etc/etcd/{{ $folder }}/tls.crt
- name: ETCDCTL_KEY
  value: /etc/etcd/{{ $folder }}/tls.key
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
