{{/* Whose a pod's samples are. Usage: include "prometheus.labels" . */}}
{{- define "prometheus.labels" -}}
- {source_labels: [__meta_kubernetes_namespace], target_label: namespace}
- {source_labels: [__meta_kubernetes_pod_name], target_label: pod}
- {source_labels: [__meta_kubernetes_pod_node_name], target_label: node}
- {source_labels: [__meta_kubernetes_pod_label_app_kubernetes_io_name], target_label: application}
- {source_labels: [__meta_kubernetes_pod_label_app_kubernetes_io_component], target_label: process}
# Of applications, whose pods are known by their process.
- source_labels: [__meta_kubernetes_pod_label_app_kubernetes_io_component, __meta_kubernetes_pod_label_app_kubernetes_io_part_of]
  regex: ".+;(.+)"
  target_label: team
{{- end -}}

{{/* What no target says of itself: alerts and rules of the server's would take it for the server's own word.
     Usage: include "prometheus.foreign" . */}}
{{- define "prometheus.foreign" -}}
metric_relabel_configs:
  - {source_labels: [__name__], regex: "ALERTS|ALERTS_FOR_STATE|up|scrape_.+", action: drop}
{{- end -}}

{{/* What the server reads when it starts: by the name of the file. Usage: include "prometheus.configuration" . */}}
{{- define "prometheus.configuration" -}}
prometheus.yml: |
  {{- tpl (.Files.Get "files/prometheus.yml") . | nindent 2 }}
{{- range $path, $_ := .Files.Glob "files/rules/*.yaml" }}
{{ base $path | replace ".yaml" ".rules.yaml" }}: |
  {{- $.Files.Get $path | nindent 2 }}
{{- end }}
{{- end -}}

{{/* A pod that works for the server. Usage: include "prometheus.helper" (list . "backup") */}}
{{- define "prometheus.helper" -}}
{{- $root := index . 0 -}}
{{- $part := index . 1 -}}
{{- $beside := has $part (list "backup" "restore") -}}
metadata:
  labels:
    {{- include "pk.selector" . | nindent 4 }}
spec:
  restartPolicy: Never
  {{- include "pk.pod" (list $root "jobs") | nindent 2 }}
  {{- if $beside }}
  # Its volume is where the server is.
  affinity:
    podAffinity:
      requiredDuringSchedulingIgnoredDuringExecution:
        - topologyKey: kubernetes.io/hostname
          labelSelector:
            matchLabels:
              {{- include "pk.selector" (list $root "server") | nindent 14 }}
  {{- end }}
  containers:
    - name: {{ $part }}
      image: {{ include "pk.image" (list $root "image" $root.Values.image) }}
      command: [sh, /scripts/{{ $part }}.sh]
      env:
        - {name: SERVER, value: {{ include "pk.name" (list $root "") }}}
        - {name: KEEP, value: {{ $root.Values.backup.keep | quote }}}
        - {name: TIMEOUT, value: {{ $root.Values.backup.timeout | quote }}}
        - {name: FROM, value: {{ $root.Values.restore.from | quote }}}
      {{- include "pk.container" $root | nindent 6 }}
      {{- include "pk.resources" $root.Values.backup.resources | nindent 6 }}
      volumeMounts:
        - {name: scripts, mountPath: /scripts, readOnly: true}
        - {name: tmp, mountPath: /tmp}
        {{- if $beside }}
        - {name: data, mountPath: /data}
        {{- end }}
        {{- if ne $part "test" }}
        - {name: backup, mountPath: /backup}
        {{- end }}
  volumes:
    - name: scripts
      configMap: {name: {{ include "pk.name" (list $root "scripts") }}}
    - name: tmp
      emptyDir: {sizeLimit: 32Mi}
    {{- if $beside }}
    - name: data
      persistentVolumeClaim: {claimName: data-{{ include "pk.name" (list $root "") }}-0}
    {{- end }}
    {{- if ne $part "test" }}
    - name: backup
      persistentVolumeClaim: {claimName: {{ include "pk.name" (list $root "backup") }}}
    {{- end }}
{{- end -}}
