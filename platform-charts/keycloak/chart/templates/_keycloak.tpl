{{/* A pod that holds realm and clients against the values. Usage: include "keycloak.provisioner" (list . "realm" "apply"), or "check" to change nothing */}}
{{- define "keycloak.provisioner" -}}
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
      image: {{ include "pk.image" (list $root "provision.image" $root.Values.provision.image) }}
      command: [python3, -u, /scripts/provision.py, {{ index . 2 }}]
      env:
        - {name: KEYCLOAK, value: "http://{{ include "pk.name" (list $root "") }}:8080"}
        - {name: VERSION, value: {{ $root.Values.image.tag | quote }}}
        - {name: PYTHONDONTWRITEBYTECODE, value: "1"}
      {{- include "pk.container" $root | nindent 6 }}
      {{- include "pk.resources" $root.Values.provision.resources | nindent 6 }}
      volumeMounts:
        - {name: scripts, mountPath: /scripts, readOnly: true}
        - {name: admin, mountPath: /secrets/admin, readOnly: true}
        {{- range $place, $each := $root.Values.clients }}
        {{- if not $each.public }}
        - {name: client-{{ $place }}, mountPath: /secrets/clients/{{ $each.name }}, readOnly: true}
        {{- end }}
        {{- end }}
  volumes:
    - name: scripts
      configMap: {name: {{ include "pk.name" (list $root "scripts") }}}
    {{- include "pk.secret" (list "admin" $root.Values.admin.secret $root.Values.admin.provision "secret") | nindent 4 }}
    {{- range $place, $each := $root.Values.clients }}
    {{- if not $each.public }}
    {{- include "pk.secret" (list (printf "client-%d" $place) $each.secret ($each.key | default "client-secret") "secret") | nindent 4 }}
    {{- end }}
    {{- end }}
{{- end -}}
