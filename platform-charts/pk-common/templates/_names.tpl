{{/* The name of something of this release, of 52 characters at most, as CronJobs want it: what is cut is the release's own.
     Usage: include "pk.name" (list . "backup"), or with "" for the main one */}}
{{- define "pk.name" -}}
{{- $ending := prepend (compact (rest .)) "" | join "-" -}}
{{- (index . 0).Release.Name | trunc (int (sub 52 (len $ending))) | trimSuffix "-" }}{{ $ending -}}
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

{{/* Name and labels of an object, the last word as of pk.name. Usage: include "pk.metadata" (list . "server" "") */}}
{{- define "pk.metadata" -}}
metadata:
  name: {{ include "pk.name" (concat (list (first .)) (rest (rest .))) }}
  labels:
    {{- include "pk.labels" . | nindent 4 }}
{{- end -}}
