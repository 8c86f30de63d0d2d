{{- define "mall.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{/* A name within its kind's limit: (list kind name). A longer one is cut and ends with a part of its hash, so that names
     stay different. */}}
{{- define "mall.nameOf" -}}
{{- $name := index . 1 -}}
{{- $limits := dict "prefix" 40 "CronJob" 52 "StatefulSet" 52 -}}
{{- $limit := get $limits (index . 0) | default 63 | int -}}
{{- if gt (len $name) $limit -}}
{{ $name | trunc (int (sub $limit 6)) | trimSuffix "-" }}-{{ sha256sum $name | trunc 5 }}
{{- else -}}
{{ $name }}
{{- end -}}
{{- end -}}

{{/* The prefix of all names; a release may have dots in its name, a Service may not. */}}
{{- define "mall.fullname" -}}
{{- $name := include "mall.name" . -}}
{{- $release := ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) -}}
{{- include "mall.nameOf" (list "prefix" (.Values.fullnameOverride | default ($release | replace "." "-"))) -}}
{{- end -}}

{{/* The labels that select pods; they never change. Takes (dict "root" $ "component" name). */}}
{{- define "mall.selector" -}}
app.kubernetes.io/name: {{ include "mall.name" .root }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{/* The labels of an object; not of a pod, which would restart with each new version of the chart. */}}
{{- define "mall.labels" -}}
{{ include "mall.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
app.kubernetes.io/part-of: {{ include "mall.name" .root }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name (.root.Chart.Version | replace "+" "_") }}
{{- with .root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* The reference of an image that is not the mall's own. */}}
{{- define "mall.image" -}}
{{- if .digest -}}{{ .repository }}@{{ .digest }}{{- else -}}{{ .repository }}:{{ .tag }}{{- end -}}
{{- end -}}

{{- define "mall.pullSecrets" -}}
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- end -}}

{{/* The restricted Pod Security Standard: of a pod, for the uid and gid given. */}}
{{- define "mall.podSecurity" -}}
runAsNonRoot: true
runAsUser: {{ . }}
runAsGroup: {{ . }}
fsGroup: {{ . }}
fsGroupChangePolicy: OnRootMismatch
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{/* The same for a container. */}}
{{- define "mall.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
runAsNonRoot: true
capabilities:
  drop: [ALL]
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{/* The scheduling of pods other than the services'. */}}
{{- define "mall.placement" -}}
{{- with .nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- end -}}
