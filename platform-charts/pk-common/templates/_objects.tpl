{{/* An account without a token. Usage: include "pk.account" (list . "admin"), or with "" for the main one */}}
{{- define "pk.account" -}}
apiVersion: v1
kind: ServiceAccount
{{ include "pk.metadata" (list (index . 0) "server" (index . 1)) }}
automountServiceAccountToken: false
{{- end -}}

{{/* A Service of pods of a part, each port by the name that it has there, with its number and protocol.
     Usage: include "pk.service" (list . "server" "" (list (list "web" 9090 "http"))) */}}
{{- define "pk.service" -}}
apiVersion: v1
kind: Service
{{ include "pk.metadata" (list (index . 0) (index . 1) (index . 2)) }}
spec:
  selector:
    {{- include "pk.selector" . | nindent 4 }}
  ports:
    {{- range index . 3 }}
    - {name: {{ index . 0 }}, port: {{ index . 1 }}, targetPort: {{ index . 0 }}, appProtocol: {{ index . 2 }}}
    {{- end }}
{{- end -}}

{{/* How many pods of a part may be down for nodes' maintenance.
     Usage: include "pk.budget" (list . "server" "" .Values.maxUnavailable) */}}
{{- define "pk.budget" -}}
apiVersion: policy/v1
kind: PodDisruptionBudget
{{ include "pk.metadata" (list (index . 0) (index . 1) (index . 2)) }}
spec:
  maxUnavailable: {{ index . 3 }}
  selector:
    matchLabels:
      {{- include "pk.selector" . | nindent 6 }}
{{- end -}}

{{/* A Job that makes what the values declare, of a pod's template: how often it is tried again, and its seconds.
     Usage: include "pk.provision" (list . (include "x.pod" (list . "provision")) 3 300) */}}
{{- define "pk.provision" -}}
apiVersion: batch/v1
kind: Job
{{ include "pk.metadata" (list (index . 0) "provision" "provision") }}
  annotations:
    # When the servers run. A failed one stays, to be looked at.
    helm.sh/hook: post-install,post-upgrade
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
spec:
  backoffLimit: {{ index . 2 }}
  activeDeadlineSeconds: {{ index . 3 }}
  template:
    {{- index . 1 | nindent 4 }}
{{- end -}}

{{/* The chart's test, of a pod's template. Usage: include "pk.test" (list . (include "x.pod" (list . "test"))) */}}
{{- define "pk.test" -}}
apiVersion: v1
kind: Pod
{{ include "pk.metadata" (list (index . 0) "test" "test") }}
  annotations:
    helm.sh/hook: test
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
spec:
  {{- get (index . 1 | fromYaml) "spec" | toYaml | nindent 2 }}
{{- end -}}
