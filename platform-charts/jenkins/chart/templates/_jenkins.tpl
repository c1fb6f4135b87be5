{{/* Where its Jobs and tests call it. Usage: include "jenkins.address" . */}}
{{- define "jenkins.address" -}}
{{ include "pk.name" (list . "") }}:8080
{{- end -}}

{{/* An image that was built for this platform: it is in no registry that everybody knows. Usage: include "jenkins.image" (list . "tools.image" .Values.tools.image) */}}
{{- define "jenkins.image" -}}
{{- $root := index . 0 -}}
{{- $image := index . 2 -}}
{{- if and $image.digest (not (or $root.Values.mirror $image.registry)) -}}
{{- fail (printf "%s.registry is empty: name the registry that %s was pushed to" (index . 1) $image.repository) -}}
{{- end -}}
{{- include "pk.image" . -}}
{{- end -}}

{{/* The namespace of agents' pods. Usage: include "jenkins.agents" . */}}
{{- define "jenkins.agents" -}}
{{- $said := coalesce .Values.pipelines.namespace .Values.agents.namespace (include "pk.name" (list . "agents")) -}}
{{- if eq $said .Release.Namespace -}}
{{- fail (printf "agents would be in %s, where the controller is: give them a namespace of their own, for Pod Security is off there" $said) -}}
{{- end -}}
{{- $said -}}
{{- end -}}

{{/* The names that its configuration may refer to. Usage: include "jenkins.references" . | fromJsonArray */}}
{{- define "jenkins.references" -}}
{{- $names := list "jenkins-admin-user" "jenkins-admin-password" -}}
{{- if .Values.oidc.issuer }}{{ $names = append $names "oidc-client-secret" }}{{ end -}}
{{- range .Values.secrets -}}
{{- if has .name $names }}{{ fail (printf "secrets: %s is there twice" .name) }}{{ end -}}
{{- $names = append $names .name -}}
{{- end -}}
{{- toJson $names -}}
{{- end -}}

{{/* The credentials that pipelines name and no reference fills: somebody makes them in Jenkins. Usage: include "jenkins.lacking" . | fromJsonArray */}}
{{- define "jenkins.lacking" -}}
{{- $names := include "jenkins.references" . | fromJsonArray -}}
{{- $lacking := list -}}
{{- range .Values.pipelines.logins -}}
{{- if not (and (has (.user | trimAll "${}") $names) (has (.password | trimAll "${}") $names)) }}{{ $lacking = append $lacking .id }}{{ end -}}
{{- end -}}
{{- range .Values.pipelines.files -}}
{{- if not (has (.content | trimAll "${}") $names) }}{{ $lacking = append $lacking .id }}{{ end -}}
{{- end -}}
{{- toJson $lacking -}}
{{- end -}}

{{/* A pod that works on backups. Usage: include "jenkins.archivist" (list . "backup") */}}
{{- define "jenkins.archivist" -}}
{{- $root := index . 0 -}}
{{- $part := index . 1 -}}
metadata:
  labels:
    {{- include "pk.selector" . | nindent 4 }}
spec:
  restartPolicy: Never
  # Not the controller's, which makes pods.
  {{- include "pk.pod" (list $root "jobs") | nindent 2 }}
  {{- if ne $part "archive" }}
  {{- $server := dict "topologyKey" "kubernetes.io/hostname" "labelSelector" (dict "matchLabels" (include "pk.selector" (list $root "server") | fromYaml)) }}
  affinity:
    {{- if eq $part "backup" }}
    # The home's volume is where the controller is.
    podAffinity:
    {{- else }}
    # Neither begins while the other is there: both have the home's volume.
    podAntiAffinity:
    {{- end }}
      requiredDuringSchedulingIgnoredDuringExecution: {{ list $server | toJson }}
  {{- end }}
  containers:
    - name: {{ $part }}
      image: {{ include "jenkins.image" (list $root "tools.image" $root.Values.tools.image) }}
      command: [python3, -u, /scripts/{{ $part }}.py]
      env:
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
        - {name: data, mountPath: /var/jenkins_home{{ if eq $part "backup" }}, readOnly: true{{ end }}}
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
{{- end -}}

{{/* A pod that looks whether the controller answers. Usage: include "jenkins.visitor" . */}}
{{- define "jenkins.visitor" -}}
metadata:
  labels:
    {{- include "pk.selector" (list . "test") | nindent 4 }}
spec:
  restartPolicy: Never
  {{- include "pk.pod" (list . "jobs") | nindent 2 }}
  containers:
    - name: test
      image: {{ include "jenkins.image" (list . "tools.image" .Values.tools.image) }}
      command: [python3, -u, /scripts/test.py]
      env:
        - {name: SERVER, value: "http://{{ include "jenkins.address" . }}"}
        - {name: PYTHONDONTWRITEBYTECODE, value: "1"}
      {{- include "pk.container" . | nindent 6 }}
      {{- include "pk.resources" .Values.backup.resources | nindent 6 }}
      volumeMounts:
        - {name: scripts, mountPath: /scripts, readOnly: true}
  volumes:
    - name: scripts
      configMap: {name: {{ include "pk.name" (list . "scripts") }}}
{{- end -}}
