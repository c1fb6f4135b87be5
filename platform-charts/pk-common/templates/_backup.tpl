{{/* A volume for backups, which stays; CronJobs that make one and restore one, and a Job for which a class that waits for
     a pod makes the volume. All of pods' templates, by part, and as the values `backup` say.
     Usage: include "pk.backup" (list . (dict "backup" $pod "restore" $other "archive" $third)) */}}
{{- define "pk.backup" -}}
{{- $root := index . 0 -}}
{{- $pods := index . 1 -}}
{{- $said := $root.Values.backup -}}
apiVersion: v1
kind: PersistentVolumeClaim
{{ include "pk.metadata" (list $root "backup" "backup") }}
  annotations:
    # Backups outlive what they are of.
    helm.sh/resource-policy: keep
spec:
  {{- include "pk.claim" $said.storage | nindent 2 }}
{{- range $part := list "backup" "restore" }}
---
apiVersion: batch/v1
kind: CronJob
{{ include "pk.metadata" (list $root $part $part) }}
spec:
  {{- if eq $part "backup" }}
  schedule: {{ $said.schedule | quote }}
  suspend: {{ $said.suspend }}
  {{- else }}
  # Never by itself: a Job is made of it by hand.
  schedule: "0 0 1 1 *"
  suspend: true
  {{- end }}
  timeZone: Etc/UTC
  concurrencyPolicy: Forbid
  jobTemplate:
    spec:
      backoffLimit: 0
      activeDeadlineSeconds: {{ $said.timeout }}
      template:
        {{- get $pods $part | nindent 8 }}
{{- end }}
---
apiVersion: batch/v1
kind: Job
# A Job's pods cannot be changed: another one has another name.
{{ include "pk.metadata" (list $root "archive" "archive" (sha256sum $pods.archive | trunc 8)) }}
spec:
  backoffLimit: 3
  template:
    {{- $pods.archive | nindent 4 }}
{{- end -}}
