{{/* The name of something of this release. Usage: include "pk.name" (list . "backup"), or with "" for the main one */}}
{{- define "pk.name" -}}
{{- $root := index . 0 -}}
{{- prepend (rest .) $root.Release.Name | compact | join "-" | trunc 52 | trimSuffix "-" -}}
{{- end -}}

{{/* Labels by which pods are found; they never change. Usage: include "pk.selector" (list . "server") */}}
{{- define "pk.selector" -}}
{{- $root := index . 0 -}}
app.kubernetes.io/name: {{ $root.Chart.Name | quote }}
app.kubernetes.io/instance: {{ $root.Release.Name | quote }}
pipelinekit.dev/part: {{ index . 1 | quote }}
{{- end -}}

{{/* All labels of an object. Usage: include "pk.labels" (list . "server") */}}
{{- define "pk.labels" -}}
{{- $root := index . 0 -}}
{{ include "pk.selector" . }}
app.kubernetes.io/component: {{ index . 1 | quote }}
app.kubernetes.io/version: {{ include "pk.labelValue" $root.Chart.AppVersion }}
app.kubernetes.io/part-of: platform
app.kubernetes.io/managed-by: {{ $root.Release.Service | quote }}
helm.sh/chart: {{ include "pk.labelValue" (printf "%s-%s" $root.Chart.Name $root.Chart.Version) }}
{{- end -}}

{{/* A text as a label's value. Usage: include "pk.labelValue" $text */}}
{{- define "pk.labelValue" -}}
{{- regexReplaceAll "[^A-Za-z0-9]+$" (. | replace "+" "_" | trunc 63) "" | quote -}}
{{- end -}}

{{/* An image by its digest, from the mirror where there is one. Usage: include "pk.image" (list . "image" .Values.image) */}}
{{- define "pk.image" -}}
{{- $root := index . 0 -}}
{{- $key := index . 1 -}}
{{- $image := index . 2 -}}
{{- $name := printf "%s/%s" $image.registry $image.repository -}}
{{- if not $image.digest -}}
{{- fail (printf "%s.digest is empty: give the digest of %s:%s (sha256:…), as `docker buildx imagetools inspect` or your registry says it" $key $name $image.tag) -}}
{{- end -}}
{{- printf "%s/%s@%s" ($root.Values.mirror | default $image.registry) $image.repository $image.digest | quote -}}
{{- end -}}

{{/* What all pods have: the restricted level, no token, where they run. The account is named like something of this
     release. Usage: include "pk.pod" (list . "") */}}
{{- define "pk.pod" -}}
{{- $root := index . 0 -}}
serviceAccountName: {{ include "pk.name" . }}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: {{ $root.Values.image.user }}
  runAsGroup: {{ $root.Values.image.group | default $root.Values.image.user }}
  fsGroup: {{ $root.Values.image.group | default $root.Values.image.user }}
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: {type: RuntimeDefault}
{{- with $root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . | quote }}
  {{- end }}
{{- end }}
{{- with $root.Values.nodeSelector }}
nodeSelector: {{ toJson . }}
{{- end }}
{{- with $root.Values.tolerations }}
tolerations: {{ toJson . }}
{{- end }}
{{- end -}}

{{/* What a container may. Usage: include "pk.container" . */}}
{{- define "pk.container" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
{{- end -}}

{{/* What a container gets. Usage: include "pk.resources" .Values.resources */}}
{{- define "pk.resources" -}}
resources:
  requests: {cpu: {{ .cpu | quote }}, memory: {{ .memory | quote }}, ephemeral-storage: {{ .disk | quote }}}
  limits: {memory: {{ .memory | quote }}, ephemeral-storage: {{ .disk | quote }}}
{{- end -}}
