{{/* A pod that runs one of the programs. Usage: include "logs.provisioner" (list . "keep" "provision.py" "apply"), or "check" to change nothing */}}
{{- define "logs.provisioner" -}}
{{- $root := index . 0 -}}
{{- $part := index . 1 -}}
{{- $said := $root.Values.elasticsearch -}}
{{- $kibana := and $root.Values.kibana.address $root.Values.kibana.authority.secret -}}
{{- $metrics := and $root.Values.metrics.enabled $root.Values.metrics.login.secret -}}
metadata:
  labels:
    {{- include "pk.selector" (list $root $part) | nindent 4 }}
spec:
  restartPolicy: Never
  {{- include "pk.pod" (list $root "") | nindent 2 }}
  containers:
    - name: {{ $part }}
      image: {{ include "pk.image" (list $root "image" $root.Values.image) }}
      command: [python3, -u, /scripts/{{ index . 2 }}, {{ index . 3 }}]
      env:
        - {name: PYTHONDONTWRITEBYTECODE, value: "1"}
      {{- include "pk.container" $root | nindent 6 }}
      {{- include "pk.resources" $root.Values.resources | nindent 6 }}
      volumeMounts:
        - {name: scripts, mountPath: /scripts, readOnly: true}
        {{- if $said.login.secret }}
        - {name: login, mountPath: /secrets/login, readOnly: true}
        {{- end }}
        {{- if $said.authority.secret }}
        - {name: authority, mountPath: /secrets/authority, readOnly: true}
        {{- end }}
        {{- if $root.Values.writer.secret }}
        - {name: writer, mountPath: /secrets/writer, readOnly: true}
        {{- end }}
        {{- if $metrics }}
        - {name: metrics, mountPath: /secrets/metrics, readOnly: true}
        {{- end }}
        {{- if $kibana }}
        - {name: kibana, mountPath: /secrets/kibana, readOnly: true}
        {{- end }}
  volumes:
    - name: scripts
      configMap: {name: {{ include "pk.name" (list $root "scripts") }}}
    {{- with $said.login }}
    {{- if .secret }}
    {{- include "pk.secret" (list "login" .secret .key "password") | nindent 4 }}
    {{- end }}
    {{- end }}
    {{- with $said.authority }}
    {{- if .secret }}
    {{- include "pk.secret" (list "authority" .secret .key "ca.crt") | nindent 4 }}
    {{- end }}
    {{- end }}
    {{- with $root.Values.writer }}
    {{- if .secret }}
    {{- include "pk.secret" (list "writer" .secret .key "password") | nindent 4 }}
    {{- end }}
    {{- end }}
    {{- if $metrics }}
    {{- include "pk.secret" (list "metrics" $root.Values.metrics.login.secret $root.Values.metrics.login.key "password") | nindent 4 }}
    {{- end }}
    {{- if $kibana }}
    {{- include "pk.secret" (list "kibana" $root.Values.kibana.authority.secret $root.Values.kibana.authority.key "ca.crt") | nindent 4 }}
    {{- end }}
{{- end -}}
