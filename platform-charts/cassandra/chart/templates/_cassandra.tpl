{{/* How many copies of a keyspace of ours there are. Usage: include "cassandra.copies" . */}}
{{- define "cassandra.copies" -}}
{{- min 3 (int .Values.replicas) -}}
{{- end -}}

{{/* cassandra.yaml, but for what a server says of itself when it starts. What is decided here no setting changes.
     Usage: include "cassandra.configuration" . */}}
{{- define "cassandra.configuration" -}}
{{- $decided := tpl (.Files.Get "files/cassandra.yaml") . | fromYaml -}}
{{- $usual := tpl (.Files.Get "files/usual.yaml") . | fromYaml -}}
{{- mergeOverwrite $usual (deepCopy .Values.settings) $decided | toYaml -}}
{{- end -}}

{{/* A pod that calls the servers: provisioning, tests, backups. Usage: include "cassandra.client" (list . "backup") */}}
{{- define "cassandra.client" -}}
{{- $root := index . 0 -}}
{{- $part := index . 1 -}}
{{- $archive := has $part (list "archive" "backup" "restore") -}}
metadata:
  labels:
    {{- include "pk.selector" . | nindent 4 }}
spec:
  restartPolicy: Never
  {{- include "pk.pod" (list $root "") | nindent 2 }}
  containers:
    - name: {{ $part }}
      image: {{ include "pk.image" (list $root "image" $root.Values.image) }}
      command: [python3, /scripts/{{ $part }}.py]
      env:
        - {name: HOME, value: /tmp}
        - {name: SERVERS, value: {{ include "pk.name" (list $root "") }}}
        - {name: REPLICAS, value: {{ $root.Values.replicas | quote }}}
        - {name: COPIES, value: {{ include "cassandra.copies" $root | quote }}}
        - {name: DATACENTER, value: {{ $root.Values.datacenter | quote }}}
        - {name: ROLE, value: {{ $root.Values.superuser.role | quote }}}
        - {name: KEEP, value: {{ $root.Values.backup.keep | quote }}}
        - {name: FROM, value: {{ $root.Values.restore.from | quote }}}
      {{- include "pk.container" $root | nindent 6 }}
      {{- include "pk.resources" $root.Values.backup.resources | nindent 6 }}
      volumeMounts:
        - {name: scripts, mountPath: /scripts, readOnly: true}
        - {name: superuser, mountPath: /secrets/superuser, readOnly: true}
        - {name: tmp, mountPath: /tmp}
        {{- if $archive }}
        - {name: backup, mountPath: /backup}
        {{- end }}
        {{- range $place, $each := $root.Values.keyspaces }}
        - {name: keyspace-{{ $place }}, mountPath: /secrets/keyspaces/{{ $place }}, readOnly: true}
        {{- end }}
  volumes:
    - name: scripts
      configMap: {name: {{ include "pk.name" (list $root "scripts") }}}
    {{- include "pk.secret" (list "superuser" $root.Values.superuser.secret $root.Values.superuser.key "password") | nindent 4 }}
    # Passwords stand in files there, while cqlsh reads them.
    - name: tmp
      emptyDir: {medium: Memory, sizeLimit: 32Mi}
    {{- if $archive }}
    - name: backup
      persistentVolumeClaim: {claimName: {{ include "pk.name" (list $root "backup") }}}
    {{- end }}
    {{- range $place, $each := $root.Values.keyspaces }}
    {{- include "pk.secret" (list (printf "keyspace-%d" $place) $each.secret ($each.key | default "password") "password") | nindent 4 }}
    {{- end }}
{{- end -}}
