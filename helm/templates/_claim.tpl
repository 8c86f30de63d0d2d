{{/* A claim of a StatefulSet: (dict "name" name "persistence" values). No labels: they may never change. */}}
{{- define "mall.claim" -}}
metadata:
  name: {{ .name }}
spec:
  accessModes: [ReadWriteOnce]
  {{- with .persistence.storageClass }}
  storageClassName: {{ . }}
  {{- end }}
  resources:
    requests:
      storage: {{ .persistence.size }}
{{- end -}}
