{{/* What the pods of the servers have in them, beside what the operators know. Usage: include "dse.container" (list . "name" $image) */}}
{{- define "dse.container" -}}
- name: {{ index . 1 }}
  image: {{ index . 2 }}
  {{- include "pk.container" (index . 0) | nindent 2 }}
{{- end -}}

{{/* Stores of one Secret: that their keys are the operator's usual ones, all its versions know. Usage: include "dse.stores" "secret" */}}
{{- define "dse.stores" -}}
keystoreSecretRef: {name: {{ . | quote }}}
truststoreSecretRef: {name: {{ . | quote }}}
{{- end -}}

{{/* Medusa's image in parts, as the operator puts it together: behind the tag stands the digest. */}}
{{- define "dse.medusa" -}}
{{- $image := .Values.backup.image -}}
{registry: {{ .Values.mirror | default $image.registry | quote }}, repository: {{ dir $image.repository | quote }}, name: {{ base $image.repository | quote }}, tag: {{ printf "%s@%s" $image.tag $image.digest | quote }}, pullPolicy: IfNotPresent}
{{- end -}}

{{/* What is not to be had as the values say it. */}}
{{- define "dse.check" -}}
{{- if ne .Values.licence "accepted" }}
{{- fail "licence is not accepted: DataStax Enterprise needs a subscription, and the operator starts it with DS_LICENSE=accept in your name; where your organisation has one, say `licence: accepted`" }}
{{- end }}
{{- if mod .Values.replicas (len .Values.racks) }}
{{- fail (printf "replicas: %d servers are not spread evenly over %d racks: give as many as racks, or a multiple" (int .Values.replicas) (len .Values.racks)) }}
{{- end }}
{{- if ne (empty .Values.management.clientSecret) (empty .Values.management.serverSecret) }}
{{- fail "management: one of clientSecret and serverSecret is empty: give both, or none" }}
{{- end }}
{{- if and .Values.backup.bucket .Values.tls.clients.secret (not .Values.backup.certificates) }}
{{- fail "backup.certificates is empty: with tls.clients.secret Medusa needs a certificate to log in with" }}
{{- end }}
{{- end -}}
