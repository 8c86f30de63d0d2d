{{/* Pods of a component of this release, as a peer. Takes (dict "root" $ "component" name). */}}
{{- define "mall.pods" -}}
podSelector:
  matchLabels:
    {{- include "mall.selector" . | nindent 4 }}
{{- end -}}

{{/* The ports of addresses, or the default: (list addresses default), as a JSON list of numbers. */}}
{{- define "mall.portsOf" -}}
{{- $default := index . 1 -}}
{{- $ports := list -}}
{{- range index . 0 -}}
{{- $authority := regexReplaceAll "[/?].*$" (regexReplaceAll "^[a-z:]*//" . "") "" -}}
{{- range splitList "," $authority -}}
{{- $port := regexFind ":[0-9]+$" . | trimPrefix ":" -}}
{{- $ports = append $ports (ternary $default (int $port) (eq $port "")) -}}
{{- end -}}
{{- end -}}
{{- $ports | uniq | toJson -}}
{{- end -}}

{{/* A rule of egress to ports: (dict "ports" list "to" peers); no peers: any address. */}}
{{- define "mall.egress" }}
- ports:
    {{- range .ports }}
    - port: {{ . }}
      protocol: TCP
    {{- end }}
  {{- with .to }}
  to:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end -}}

{{- define "mall.dnsEgress" }}
- ports:
    - port: 53
      protocol: UDP
    - port: 53
      protocol: TCP
  to:
    {{- toYaml .Values.networkPolicy.dnsTo | nindent 4 }}
{{- end -}}

{{/* To a component of this release. Takes (dict "root" $ "component" name "ports" list). */}}
{{- define "mall.egressToPods" -}}
{{- include "mall.egress" (dict "ports" .ports "to" (list (include "mall.pods" . | fromYaml))) }}
{{- end -}}

{{/* From components of this release: (dict "root" $ "components" names "port" port). */}}
{{- define "mall.ingressFromPods" }}
{{- if .components }}
- ports:
    - port: {{ .port }}
      protocol: TCP
  from:
    {{- range .components }}
    - {{- include "mall.pods" (dict "root" $.root "component" .) | nindent 6 }}
    {{- end }}
{{- end }}
{{- end -}}

{{/* From the given peers, or from any address: (dict "from" peers "port" port). */}}
{{- define "mall.ingressFrom" }}
- ports:
    - port: {{ .port }}
      protocol: TCP
  {{- with .from }}
  from:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end -}}
