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
    - name: admin
      secret:
        secretName: {{ $root.Values.admin.secret | quote }}
        defaultMode: 0440
        items: [{key: {{ $root.Values.admin.provision | quote }}, path: secret}]
    {{- range $place, $each := $root.Values.clients }}
    {{- if not $each.public }}
    - name: client-{{ $place }}
      secret:
        secretName: {{ $each.secret | quote }}
        defaultMode: 0440
        items: [{key: {{ $each.key | default "client-secret" | quote }}, path: secret}]
    {{- end }}
    {{- end }}
{{- end -}}
