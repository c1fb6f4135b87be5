{{/* Where its Jobs and tests call it. Usage: include "nexus.address" . */}}
{{- define "nexus.address" -}}
{{ include "pk.name" (list . "") }}:8081
{{- end -}}

{{/* The image of all pods but the server's. Usage: include "nexus.tools" . */}}
{{- define "nexus.tools" -}}
{{- if not (or .Values.mirror .Values.tools.image.registry) -}}
{{- fail "tools.image.registry is empty: name the registry that has the image of this platform's Jenkins agents, and not Nexus" -}}
{{- end -}}
{{- include "pk.image" (list . "tools.image" .Values.tools.image) -}}
{{- end -}}

{{/* One part of a Secret as a variable; one that is not there is left out. Usage: include "nexus.word" (list "NAME" $secret $key) */}}
{{- define "nexus.word" -}}
- {name: {{ index . 0 }}, valueFrom: {secretKeyRef: {name: {{ index . 1 | quote }}, key: {{ index . 2 | quote }}, optional: true}}}
{{- end -}}

{{/* A pod that holds the server against its description. Usage: include "nexus.provisioner" (list . "provision" "apply" ""), or with "plan" and "--check, --wait=60" to change nothing */}}
{{- define "nexus.provisioner" -}}
{{- $root := index . 0 -}}
{{- $part := index . 1 -}}
metadata:
  labels:
    {{- include "pk.selector" (list $root $part) | nindent 4 }}
spec:
  restartPolicy: Never
  {{- include "pk.pod" (list $root "") | nindent 2 }}
  containers:
    - name: {{ $part }}
      image: {{ include "nexus.tools" $root }}
      command: [pipelinekit, nexus, {{ index . 2 }}, --platform, /description/platform.yaml{{ with index . 3 }}, {{ . }}{{ end }}]
      env:
        - {name: HOME, value: /tmp}
        - {name: PYTHONDONTWRITEBYTECODE, value: "1"}
        # It never leaves the namespace.
        - {name: PIPELINEKIT_PLAIN_HTTP, value: {{ include "nexus.address" $root | quote }}}
        {{- include "nexus.word" (list "PK_NEXUS_PASSWORD" $root.Values.admin.secret $root.Values.admin.key) | nindent 8 }}
        {{- include "nexus.word" (list "PK_NEXUS_INITIAL_PASSWORD" $root.Values.admin.secret $root.Values.admin.former) | nindent 8 }}
        {{- if ne $part "test" }}
        {{- include "nexus.word" (list "PK_NEXUS_PUSH_PASSWORD" $root.Values.users.secret "push") | nindent 8 }}
        {{- include "nexus.word" (list "PK_NEXUS_PULL_PASSWORD" $root.Values.users.secret "pull") | nindent 8 }}
        {{- $teams := list }}
        {{- range $root.Values.server.applications }}
        {{- $teams = append $teams .team }}
        {{- end }}
        {{- range uniq $teams | sortAlpha }}
        {{- include "nexus.word" (list (printf "PK_NEXUS_TEAM_%s_PASSWORD" (upper . | replace "-" "_")) $root.Values.users.secret (printf "team-%s" .)) | nindent 8 }}
        {{- end }}
        {{- end }}
      {{- include "pk.container" $root | nindent 6 }}
      {{- include "pk.resources" $root.Values.tools.resources | nindent 6 }}
      volumeMounts:
        - {name: description, mountPath: /description, readOnly: true}
        - {name: tmp, mountPath: /tmp}
  volumes:
    - name: description
      configMap: {name: {{ include "pk.name" (list $root "description") }}}
    - name: tmp
      emptyDir: {sizeLimit: 64Mi}
{{- end -}}

{{/* A pod that works on backups. Usage: include "nexus.archivist" (list . "backup") */}}
{{- define "nexus.archivist" -}}
{{- $root := index . 0 -}}
{{- $part := index . 1 -}}
metadata:
  labels:
    {{- include "pk.selector" . | nindent 4 }}
spec:
  restartPolicy: Never
  {{- include "pk.pod" (list $root "") | nindent 2 }}
  {{- if ne $part "archive" }}
  {{- $server := dict "topologyKey" "kubernetes.io/hostname" "labelSelector" (dict "matchLabels" (include "pk.selector" (list $root "server") | fromYaml)) }}
  affinity:
    {{- if eq $part "backup" }}
    # The data's volume is where the server is.
    podAffinity:
    {{- else }}
    # Neither begins while the other is there: both have the data's volume.
    podAntiAffinity:
    {{- end }}
      requiredDuringSchedulingIgnoredDuringExecution: {{ list $server | toJson }}
  {{- end }}
  containers:
    - name: {{ $part }}
      image: {{ include "nexus.tools" $root }}
      command: [python3, -u, /scripts/{{ $part }}.py]
      env:
        - {name: SERVER, value: "http://{{ include "nexus.address" $root }}"}
        - {name: EMBEDDED, value: {{ ternary "yes" "" (eq $root.Values.database.host "") | quote }}}
        - {name: KEEP, value: {{ $root.Values.backup.keep | quote }}}
        - {name: TIMEOUT, value: {{ $root.Values.backup.timeout | quote }}}
        - {name: FROM, value: {{ $root.Values.restore.from | quote }}}
        - {name: PYTHONDONTWRITEBYTECODE, value: "1"}
      {{- include "pk.container" $root | nindent 6 }}
      {{- include "pk.resources" $root.Values.backup.resources | nindent 6 }}
      volumeMounts:
        - {name: scripts, mountPath: /scripts, readOnly: true}
        - {name: tmp, mountPath: /tmp}
        - {name: backup, mountPath: /backup}
        {{- if ne $part "archive" }}
        - {name: data, mountPath: /nexus-data}
        {{- end }}
        {{- if eq $part "backup" }}
        - {name: admin, mountPath: /secrets/admin, readOnly: true}
        {{- end }}
  volumes:
    - name: scripts
      configMap: {name: {{ include "pk.name" (list $root "scripts") }}}
    - name: tmp
      emptyDir: {sizeLimit: 32Mi}
    - name: backup
      persistentVolumeClaim: {claimName: {{ include "pk.name" (list $root "backup") }}}
    {{- if ne $part "archive" }}
    - name: data
      persistentVolumeClaim: {claimName: data-{{ include "pk.name" (list $root "") }}-0}
    {{- end }}
    {{- if eq $part "backup" }}
    {{- include "pk.secret" (list "admin" $root.Values.admin.secret $root.Values.admin.key "password") | nindent 4 }}
    {{- end }}
{{- end -}}
