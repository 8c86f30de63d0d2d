{{/* The given password, else the one in the cluster, else a new one. */}}
{{- define "mall.keptPassword" -}}
{{- if .given -}}
{{ .given }}
{{- else -}}
{{- $kept := lookup "v1" "Secret" .root.Release.Namespace .secret -}}
{{- $data := ($kept | default dict).data | default dict -}}
{{- if hasKey $data .key -}}
{{ index $data .key | b64dec }}
{{- else -}}
{{ randAlphaNum 32 }}
{{- end -}}
{{- end -}}
{{- end -}}
