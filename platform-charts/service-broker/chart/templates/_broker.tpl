{{/* What the program is told: the servers' and the test's. Usage: include "broker.environment" . */}}
{{- define "broker.environment" -}}
env:
  - {name: DATABASE_HOST, value: {{ .Values.database.host | quote }}}
  - {name: DATABASE_PORT, value: {{ .Values.database.port | quote }}}
  - {name: DATABASE_NAME, value: {{ .Values.database.name | quote }}}
  - {name: DATABASE_USER, value: {{ .Values.database.user | quote }}}
  - {name: DATABASE_TLS, value: {{ ne .Values.database.authority "" | quote }}}
{{- end -}}

{{- define "broker.mounts" -}}
- {name: catalog, mountPath: /config, readOnly: true}
- {name: login, mountPath: /secrets/login, readOnly: true}
{{- end -}}

{{- define "broker.volumes" -}}
- name: catalog
  configMap: {name: {{ include "pk.name" (list . "catalog") }}}
- name: login
  secret:
    secretName: {{ .Values.login.secret | quote }}
    defaultMode: 0440
    items: [{key: {{ .Values.login.username | quote }}, path: username}, {key: {{ .Values.login.password | quote }}, path: password}]
{{- end -}}

{{/* The catalog as the program reads it. Usage: include "broker.catalog" . */}}
{{- define "broker.catalog" -}}
{{- $ids := list -}}
{{- range .Values.services -}}
{{- range prepend .plans . -}}
{{- if has .id $ids -}}
{{- fail (printf "services: the id %s is there twice" .id) -}}
{{- end -}}
{{- $ids = append $ids .id -}}
{{- end -}}
{{- end -}}
{{- .Values.services | toPrettyJson -}}
{{- end -}}
