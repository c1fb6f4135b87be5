{{/* An image by its digest, from the mirror where there is one. Usage: include "pk.image" (list . "image" .Values.image) */}}
{{- define "pk.image" -}}
{{- $root := index . 0 -}}
{{- $key := index . 1 -}}
{{- $image := index . 2 -}}
{{- $name := printf "%s/%s" $image.registry $image.repository -}}
{{- if not $image.digest -}}
{{- fail (printf "%s.digest is empty: give the digest of %s:%s (sha256:…), as `docker buildx imagetools inspect` or your registry says it" $key $name $image.tag) -}}
{{- end -}}
{{- printf "%s/%s@%s" ($root.Values.mirror | default $image.registry) $image.repository $image.digest | quote -}}
{{- end -}}

{{/* What all pods have: the restricted level, no token, where they run. The account is named like something of this
     release. Usage: include "pk.pod" (list . "") */}}
{{- define "pk.pod" -}}
{{- $root := index . 0 -}}
serviceAccountName: {{ include "pk.name" . }}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: {{ $root.Values.image.user }}
  runAsGroup: {{ $root.Values.image.group | default $root.Values.image.user }}
  fsGroup: {{ $root.Values.image.group | default $root.Values.image.user }}
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: {type: RuntimeDefault}
{{- with $root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . | quote }}
  {{- end }}
{{- end }}
{{- with $root.Values.nodeSelector }}
nodeSelector: {{ toJson . }}
{{- end }}
{{- with $root.Values.tolerations }}
tolerations: {{ toJson . }}
{{- end }}
{{- end -}}

{{/* What a container may. Usage: include "pk.container" . */}}
{{- define "pk.container" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
{{- end -}}

{{/* What a container gets. Usage: include "pk.resources" .Values.resources */}}
{{- define "pk.resources" -}}
resources:
  requests: {cpu: {{ .cpu | quote }}, memory: {{ .memory | quote }}, ephemeral-storage: {{ .disk | quote }}}
  limits: {memory: {{ .memory | quote }}, ephemeral-storage: {{ .disk | quote }}}
{{- end -}}

{{/* A volume that has one key of a Secret as a file. Usage: include "pk.secret" (list "seal" .Values.seal.secret .Values.seal.key "key") */}}
{{- define "pk.secret" -}}
- name: {{ index . 0 }}
  secret:
    secretName: {{ index . 1 | quote }}
    defaultMode: 0440
    items: [{key: {{ index . 2 | quote }}, path: {{ index . 3 }}}]
{{- end -}}

{{/* What is claimed of a volume: `class`, where it is not the cluster's own, and `size`. Usage: include "pk.claim" .Values.storage */}}
{{- define "pk.claim" -}}
accessModes: [ReadWriteOnce]
{{- with .class }}
storageClassName: {{ . | quote }}
{{- end }}
resources: {requests: {storage: {{ .size | quote }}}}
{{- end -}}
