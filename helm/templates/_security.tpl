{{/* The rules about who may call what, by method: those of the file, and over them those of the values. As JSON. */}}
{{- define "mall.rules" -}}
{{- $file := .Files.Get "files/security-rules.yml" | fromYaml -}}
{{- $rules := dict -}}
{{- range $method, $rule := get $file "platform.security.authorization.rules" -}}
{{- $_ := set $rules ($method | trimPrefix "[" | trimSuffix "]") $rule -}}
{{- end -}}
{{- range $method, $rule := .Values.security.rules -}}
{{- $_ := set $rules ($method | trimPrefix "[" | trimSuffix "]") $rule -}}
{{- end -}}
{{- toJson $rules -}}
{{- end -}}

{{/* The enabled services that may call a service, by the rules of its gRPC services, as a JSON list. Takes
     (dict "root" $ "name" name). */}}
{{- define "mall.callers" -}}
{{- $served := (include "mall.service" . | fromJson).grpcServices -}}
{{- $enabled := include "mall.enabledServices" .root | fromJsonArray -}}
{{- $callers := list -}}
{{- range $method, $rule := include "mall.rules" .root | fromJson -}}
{{- if and (has (first (splitList "/" $method)) $served) (kindIs "slice" $rule.callers) -}}
{{- range $rule.callers -}}
{{- if has . $enabled -}}{{- $callers = append $callers . -}}{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $callers | uniq | sortAlpha | toJson -}}
{{- end -}}

{{/* A service, those that may call it, and those that it may call: others are not its business, and don't restart it. As a
     JSON list. Takes (dict "root" $ "name" name). */}}
{{- define "mall.partners" -}}
{{- $partners := append (include "mall.callers" . | fromJsonArray) .name -}}
{{- range $callee := include "mall.enabledServices" .root | fromJsonArray -}}
{{- if has $.name (include "mall.callers" (dict "root" $.root "name" $callee) | fromJsonArray) -}}
{{- $partners = append $partners $callee -}}
{{- end -}}
{{- end -}}
{{- $partners | uniq | sortAlpha | toJson -}}
{{- end -}}

{{/* The secret with a service's certificate. Takes (dict "root" $ "name" name "service" values). */}}
{{- define "mall.tlsSecret" -}}
{{- if eq .root.Values.security.certificates.source "secrets" -}}
{{ .service.tls.existingSecret }}
{{- else -}}
{{ include "mall.nameOf" (list "Secret" (printf "%s-tls" (include "mall.serviceName" .))) }}
{{- end -}}
{{- end -}}

{{/* The secret with the key of the edge's session cookies. */}}
{{- define "mall.sessionSecret" -}}
{{ .Values.security.users.sessionSecret | default (printf "%s-session" (include "mall.fullname" .)) }}
{{- end -}}

{{/* A service's SPIFFE id. */}}
{{- define "mall.spiffeId" -}}
spiffe://{{ .root.Values.security.trustDomain }}/ns/{{ .root.Release.Namespace }}/sa/{{ include "mall.serviceAccountName" . }}
{{- end -}}

{{/* platform.security: certificates, identities and rules. */}}
{{- define "mall.securityConfig" -}}
{{- $root := .root -}}
{{- $security := $root.Values.security -}}
security:
  {{- if $security.enabled }}
  transport:
    mode: strict
    bundle: mall
    max-connection-age: {{ $security.maxConnectionAge }}
  trust-domain: {{ $security.trustDomain }}
  identities:
    {{- range $name := include "mall.partners" . | fromJsonArray }}
    {{- $this := dict "root" $root "name" $name "service" (include "mall.service" (dict "root" $root "name" $name) | fromJson) }}
    {{ $name }}:
      spiffe-id: {{ include "mall.spiffeId" $this }}
      # Of certificates without a SPIFFE id, such as those that Helm generates.
      dns-names: {{ prepend $this.service.names $name | toJson }}
      services: {{ toJson $this.service.names }}
    {{- end }}
  authorization:
    mode: {{ $security.authorization }}
    rules:
      {{- $others := list }}
      {{- range $name := include "mall.enabledServices" $root | fromJsonArray }}
      {{- if ne $name $.name }}{{ $others = concat $others (include "mall.service" (dict "root" $root "name" $name) | fromJson).grpcServices }}{{ end }}
      {{- end }}
      {{- range $method, $rule := include "mall.rules" $root | fromJson }}
      {{- if not (has (first (splitList "/" $method)) $others) }}
      "[{{ $method }}]": {{ toJson $rule }}
      {{- end }}
      {{- end }}
  {{- with and (include "mall.service" $ | fromJson).userTokens $security.users.audiences }}
  user:
    audiences: {{ toJson . }}
  {{- end }}
  {{- else }}
  transport:
    # Chosen, so that nothing warns of it.
    mode: plaintext
  {{- end }}
{{- end -}}

{{/* A secret with a certificate and its authority's, by Helm or cert-manager. Takes (dict "root" $ "component" c "secret" name
     "commonName" n "dnsNames" list "ips" list "uris" list "days" n "ca" ca); ca is Helm's. An upgrade keeps existing ones. */}}
{{- define "mall.certificate" -}}
{{- $root := .root -}}
{{- $certificates := $root.Values.security.certificates -}}
{{- if eq $certificates.source "cert-manager" }}
---
apiVersion: cert-manager.io/v1
kind: Certificate
metadata:
  name: {{ .secret }}
  labels:
    {{- include "mall.labels" . | nindent 4 }}
spec:
  secretName: {{ .secret }}
  # etcd takes it as the user's name.
  commonName: {{ .commonName }}
  {{- with .dnsNames }}
  dnsNames: {{ toJson . }}
  {{- end }}
  {{- with .ips }}
  ipAddresses: {{ toJson . }}
  {{- end }}
  {{- with .uris }}
  uris: {{ toJson . }}
  {{- end }}
  duration: {{ $certificates.duration }}
  renewBefore: {{ $certificates.renewBefore }}
  privateKey:
    algorithm: ECDSA
    rotationPolicy: Always
  usages: [digital signature, server auth, client auth]
  issuerRef:
    {{- toYaml $certificates.issuerRef | nindent 4 }}
{{- else }}
{{- $pair := dict }}
{{- $kept := (lookup "v1" "Secret" $root.Release.Namespace .secret) | default dict }}
{{- with $kept.data }}
{{- $pair = dict "certificate" (index . "tls.crt" | b64dec) "key" (index . "tls.key" | b64dec) }}
{{- else }}
{{- $made := genSignedCertWithKey .commonName .ips .dnsNames (int .days) .ca (genPrivateKey "ecdsa") }}
{{- $pair = dict "certificate" $made.Cert "key" $made.Key }}
{{- end }}
{{- include "mall.certificateSecret" (merge (dict "root" $root "component" .component "secret" .secret "authority" .ca.Cert) $pair) }}
{{- end }}
{{- end -}}

{{/* Helm's own authority, kept in a secret: writes the secret, and sets "ca" in the given dict. Takes (dict "root" $ "component" c
     "secret" name). */}}
{{- define "mall.authority" -}}
{{- if ne .root.Values.security.certificates.source "cert-manager" }}
{{- $ca := dict }}
{{- $kept := (lookup "v1" "Secret" .root.Release.Namespace .secret) | default dict }}
{{- with $kept.data }}
{{- $ca = buildCustomCert (index . "tls.crt") (index . "tls.key") }}
{{- else }}
{{- $ca = genCAWithKey .secret 3650 (genPrivateKey "ecdsa") }}
{{- end }}
{{- $_ := set . "ca" $ca }}
{{- include "mall.certificateSecret" (dict "root" .root "component" .component "secret" .secret "authority" $ca.Cert "certificate" $ca.Cert "key" $ca.Key) }}
{{- end }}
{{- end -}}

{{/* The secret itself: (dict "root" $ "component" c "secret" name "authority" pem "certificate" pem "key" pem). */}}
{{- define "mall.certificateSecret" }}
---
apiVersion: v1
kind: Secret
metadata:
  name: {{ .secret }}
  labels:
    {{- include "mall.labels" . | nindent 4 }}
  annotations:
    # A new installation reuses the secrets; a deleted one is generated again.
    helm.sh/resource-policy: keep
type: kubernetes.io/tls
data:
  ca.crt: {{ .authority | b64enc }}
  tls.crt: {{ .certificate | b64enc }}
  tls.key: {{ .key | b64enc }}
{{- end -}}

{{/* A volume with a secret of certificates. (list name secret) */}}
{{- define "mall.tlsVolume" -}}
- name: {{ index . 0 }}
  secret:
    secretName: {{ index . 1 }}
    defaultMode: 0440
{{- end -}}
