{{/* How its API is spoken to. Usage: include "openbao.scheme" . */}}
{{- define "openbao.scheme" -}}
{{- ternary "https" "http" (ne .Values.tls.secret "") -}}
{{- end -}}

{{/* The name in the certificate by which each server is known, at whatever address. Usage: include "openbao.known" . */}}
{{- define "openbao.known" -}}
{{- printf "%s.%s.svc" (include "pk.name" (list . "")) .Release.Namespace -}}
{{- end -}}

{{/* A text with the names that the program has: the two differ in those, and their variables' alone.
     Usage: include "openbao.words" (list . "bao status") */}}
{{- define "openbao.words" -}}
{{- $text := index . 1 -}}
{{- if eq (index . 0).Values.program "vault" -}}
{{- $text = regexReplaceAll "\\bbao\\b" $text "vault" | replace "BAO_" "VAULT_" -}}
{{- end -}}
{{- $text -}}
{{- end -}}

{{/* How the program marks the pod that leads. Usage: include "openbao.leads" . */}}
{{- define "openbao.leads" -}}
{{- ternary "vault-active" "openbao-active" (eq .Values.program "vault") -}}
{{- end -}}

{{/* A pod that calls the server. Usage: include "openbao.client" (list . "backup" "account") */}}
{{- define "openbao.client" -}}
{{- $root := index . 0 -}}
{{- $part := index . 1 -}}
{{- $archive := has $part (list "archive" "backup" "restore") -}}
metadata:
  labels:
    {{- include "pk.selector" (list $root $part) | nindent 4 }}
spec:
  restartPolicy: Never
  {{- include "pk.pod" (list $root (index . 2)) | nindent 2 }}
  containers:
    - name: {{ $part }}
      image: {{ include "pk.image" (list $root "image" $root.Values.image) }}
      command: [sh, /scripts/{{ $part }}.sh]
      env:
        - {name: {{ include "openbao.words" (list $root "BAO_ADDR") }}, value: "{{ include "openbao.scheme" $root }}://{{ include "pk.name" (list $root "") }}:8200"}
        - {name: SCHEME, value: {{ include "openbao.scheme" $root }}}
        - {name: TLS, value: {{ $root.Values.tls.mode }}}
        {{- if $root.Values.tls.secret }}
        - {name: {{ include "openbao.words" (list $root "BAO_CACERT") }}, value: /secrets/tls/ca.crt}
        - {name: {{ include "openbao.words" (list $root "BAO_TLS_SERVER_NAME") }}, value: {{ include "openbao.known" $root }}}
        {{- end }}
        - {name: SERVERS, value: {{ include "pk.name" (list $root "") }}}
        - {name: NAMESPACE, value: {{ $root.Release.Namespace }}}
        - {name: REPLICAS, value: {{ $root.Values.replicas | quote }}}
        - {name: AUDIT, value: {{ ternary "api" "configuration" (eq $root.Values.program "vault") }}}
        - {name: KEEP, value: {{ $root.Values.backup.keep | quote }}}
        - {name: FROM, value: {{ $root.Values.restore.from | quote }}}
      {{- include "pk.container" $root | nindent 6 }}
      {{- include "pk.resources" $root.Values.backup.resources | nindent 6 }}
      volumeMounts:
        - {name: scripts, mountPath: /scripts, readOnly: true}
        - {name: login, mountPath: /var/run/secrets/login, readOnly: true}
        - {name: tmp, mountPath: /tmp}
        {{- if $root.Values.tls.secret }}
        - {name: tls, mountPath: /secrets/tls, readOnly: true}
        {{- end }}
        {{- if $archive }}
        - {name: backup, mountPath: /backup}
        {{- end }}
  volumes:
    - name: scripts
      configMap: {name: {{ include "pk.name" (list $root "scripts") }}}
    # What it logs in with, for ten minutes.
    - name: login
      projected: {defaultMode: 0440, sources: [{serviceAccountToken: {path: token, expirationSeconds: 600}}]}
    - name: tmp
      emptyDir: {sizeLimit: 32Mi}
    {{- with $root.Values.tls.secret }}
    # By whom servers are known, and not the key.
    - name: tls
      secret: {secretName: {{ . | quote }}, defaultMode: 0440, items: [{key: ca.crt, path: ca.crt}]}
    {{- end }}
    {{- if $archive }}
    - name: backup
      persistentVolumeClaim: {claimName: {{ include "pk.name" (list $root "backup") }}}
    {{- end }}
{{- end -}}
