{{/* A pod that connects to the server: its environment, mounts and volumes. Usage: include "postgresql.client" . */}}
{{- define "postgresql.client" -}}
env:
  - {name: PGHOST, value: {{ include "pk.name" (list . "") }}}
  - {name: PGSSLMODE, value: {{ ternary "require" "prefer" (ne .Values.tls.secret "") }}}
{{- end -}}

{{- define "postgresql.mounts" -}}
- {name: scripts, mountPath: /scripts, readOnly: true}
- {name: superuser, mountPath: /secrets/superuser, readOnly: true}
- {name: tmp, mountPath: /tmp}
{{- end -}}

{{- define "postgresql.volumes" -}}
- name: scripts
  configMap: {name: {{ include "pk.name" (list . "scripts") }}}
{{ include "pk.secret" (list "superuser" .Values.superuser.secret .Values.superuser.key "password") }}
- name: tmp
  emptyDir: {sizeLimit: 64Mi}
{{- end -}}

{{/* A pod that works on backups. Usage: include "postgresql.archivist" (list . "backup") */}}
{{- define "postgresql.archivist" -}}
{{- $root := index . 0 -}}
metadata:
  labels:
    {{- include "pk.selector" . | nindent 4 }}
spec:
  restartPolicy: Never
  {{- include "pk.pod" (list $root "") | nindent 2 }}
  containers:
    - name: {{ index . 1 }}
      image: {{ include "pk.image" (list $root "image" $root.Values.image) }}
      command: [sh, /scripts/{{ index . 1 }}.sh]
      {{- include "postgresql.client" $root | nindent 6 }}
        - {name: KEEP, value: {{ $root.Values.backup.keep | quote }}}
        - {name: FROM, value: {{ $root.Values.restore.from | quote }}}
      {{- include "pk.container" $root | nindent 6 }}
      {{- include "pk.resources" $root.Values.backup.resources | nindent 6 }}
      volumeMounts:
        {{- include "postgresql.mounts" $root | nindent 8 }}
        - {name: backup, mountPath: /backup}
  volumes:
    {{- include "postgresql.volumes" $root | nindent 4 }}
    - name: backup
      persistentVolumeClaim: {claimName: {{ include "pk.name" (list $root "backup") }}}
{{- end -}}
