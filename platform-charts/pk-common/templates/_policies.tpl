{{/* The pods of applications, as whom a policy opens something to: their charts label them with a process' name.
     Usage: include "pk.applications" . */}}
{{- define "pk.applications" -}}
- namespaceSelector: {}
  podSelector: {matchExpressions: [{key: app.kubernetes.io/component, operator: Exists}]}
{{- end -}}

{{/* The network of one API server, told as host:port. Usage: include "pk.address" "192.0.2.1:6443" */}}
{{- define "pk.address" -}}
{{- printf "%s/%s" (regexReplaceAll "^\\[?(.*?)\\]?:[0-9]+$" . "${1}") (ternary "128" "32" (hasPrefix "[" .)) | quote -}}
{{- end -}}

{{- define "pk.ports" -}}
[{{- range $place, $port := . }}{{ if $place }}, {{ end }}{port: {{ $port }}}{{ end -}}]
{{- end -}}

{{- define "pk.policy" -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: {{ prepend (rest .) (index . 0).Release.Name | join "-" }}
  labels: {app.kubernetes.io/part-of: platform, app.kubernetes.io/managed-by: {{ (index . 0).Release.Service | quote }}}
{{- end -}}

{{/* All that is open to a component, in the words of its component.yaml: the ports `peers`, `scrape` and `webhooks`, and
     whether it asks the cluster (`apiServer`). `out` and `callers` are rules of its own, as texts. The chart is called
     NAME-policies; nothing else is open, and this is the way out of pods of jobs and tests too.
     Usage: include "pk.policies" (dict "root" . "peers" (list 8200) "scrape" (list 9090) "callers" (include "x.callers" .)) */}}
{{- define "pk.policies" -}}
{{- $root := .root -}}
{{- $own := printf "{app.kubernetes.io/name: %s}" (trimSuffix "-policies" $root.Chart.Name) -}}
{{- $server := printf "{app.kubernetes.io/name: %s, pipelinekit.dev/part: server}" (trimSuffix "-policies" $root.Chart.Name) -}}
{{ include "pk.policy" (list $root) }}
spec:
  podSelector: {matchLabels: {{ $own }}}
  policyTypes: [Ingress, Egress]
  egress:
    {{- with .peers }}
    - to: [{podSelector: {matchLabels: {{ $own }}}}]
      ports: {{ include "pk.ports" . }}
    {{- end }}
    - to:
        - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}
          podSelector: {matchLabels: {k8s-app: kube-dns}}
        - ipBlock: {cidr: 169.254.20.10/32}
      ports: [{port: 53, protocol: UDP}, {port: 53, protocol: TCP}]
    {{- if .apiServer }}
    # The Kubernetes API, whose addresses the platform knows; where it names none, its usual ports anywhere.
    {{- range $root.Values.apiServers }}
    - to: [{ipBlock: {cidr: {{ include "pk.address" . }}}}]
      ports: [{port: {{ regexFind "[0-9]+$" . }}}]
    {{- else }}
    - ports: [{port: 443}, {port: 6443}]
    {{- end }}
    {{- end }}
    {{- with .out }}
    {{- . | nindent 4 }}
    {{- end }}
{{- with .peers }}
---
# Those that stay are each other's peers.
{{ include "pk.policy" (list $root "peers") }}
spec:
  podSelector:
    matchLabels: {{ $own }}
    matchExpressions: [{key: pipelinekit.dev/part, operator: NotIn, values: [provision, test]}]
  policyTypes: [Ingress]
  ingress:
    - from: [{podSelector: {matchLabels: {{ $own }}}}]
      ports: {{ include "pk.ports" . }}
{{- end }}
---
{{ include "pk.policy" (list $root "callers") }}
spec:
  podSelector: {matchLabels: {{ $server }}}
  policyTypes: [Ingress]
  {{- /* An empty list, where nobody calls: nothing is no list, and does not conform. */}}
  ingress:{{ if not (or .callers .scrape (and .webhooks $root.Values.apiServers)) }} []{{ end }}
    {{- with .callers }}
    {{- . | nindent 4 }}
    {{- end }}
    {{- with .scrape }}
    - from: [{namespaceSelector: {matchLabels: {pipelinekit.dev/role: monitoring}}}]
      ports: {{ include "pk.ports" . }}
    {{- end }}
    {{- with .webhooks }}
    # By way of it the rollout asks how the servers are.
    {{- $ports := include "pk.ports" . }}
    {{- range $root.Values.apiServers }}
    - from: [{ipBlock: {cidr: {{ include "pk.address" . }}}}]
      ports: {{ $ports }}
    {{- end }}
    {{- end }}
{{- end -}}
