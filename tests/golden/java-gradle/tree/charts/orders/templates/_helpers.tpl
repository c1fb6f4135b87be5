{{/* The name of everything that the web process consists of. Usage: include "app.fullname" . */}}
{{- define "app.fullname" -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/* A process' name: the application's for web. Usage: include "app.process" (dict "root" $ "name" $name) */}}
{{- define "app.process" -}}
{{- if eq .name "web" -}}
{{- include "app.fullname" .root -}}
{{- else -}}
{{- printf "%s-%s" (include "app.fullname" .root) .name | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* Labels by which a workload finds its pods. They never change: a Deployment's selector is immutable.
     Usage: include "app.selector" (dict "root" $ "name" $name) */}}
{{- define "app.selector" -}}
app.kubernetes.io/name: {{ .root.Chart.Name | quote }}
app.kubernetes.io/instance: {{ .root.Release.Name | quote }}
app.kubernetes.io/component: {{ .name | quote }}
{{- end -}}

{{/* Labels of a pod: of whose team it is as well, by which what it writes is found again.
     Usage: include "app.podLabels" (dict "root" $ "name" $name) */}}
{{- define "app.podLabels" -}}
{{ include "app.selector" . }}
app.kubernetes.io/part-of: {{ .root.Values.team | quote }}
{{- end -}}

{{/* Labels that all pods of this release have, and no others. Usage: include "app.own" . */}}
{{- define "app.own" -}}
app.kubernetes.io/name: {{ .Chart.Name | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end -}}

{{/* The pods of another application. Deployment says in which namespace it is; without that it is this one.
     Usage: include "app.peer" (dict "root" $ "word" $word) */}}
{{- define "app.peer" -}}
{{- $peer := get .root.Values.peers .word | default dict -}}
{{- $application := splitList ":" .word | first -}}
- namespaceSelector:
    matchLabels:
      kubernetes.io/metadata.name: {{ $peer.namespace | default .root.Release.Namespace | quote }}
  podSelector:
    matchLabels:
      app.kubernetes.io/name: {{ $peer.name | default (splitList "/" $application | last) | quote }}
{{- end -}}

{{/* The identities that another application has in the mesh: its processes' and its tasks', as JSON.
     Usage: include "app.principals" (dict "root" $ "word" $word) | fromJsonArray */}}
{{- define "app.principals" -}}
{{- $peer := get .root.Values.peers .word | default dict -}}
{{- $name := $peer.name | default (splitList ":" .word | first | splitList "/" | last) -}}
{{- $accounts := printf "%s/ns/%s/sa" .root.Values.mesh.trustDomain ($peer.namespace | default .root.Release.Namespace) -}}
{{- list (printf "%s/%s" $accounts $name) (printf "%s/%s-before" $accounts $name) | toJson -}}
{{- end -}}

{{/* Who may call which ports of a process, as JSON: a list of {"port": number, "words": of accepts}. Whom the
     application accepts calls the main port of web, and a named one where the word has its name.
     Usage: include "app.callers" (dict "root" $ "name" $name "process" $process) | fromJsonArray */}}
{{- define "app.callers" -}}
{{- $accepts := .root.Values.accepts -}}
{{- $rules := list -}}
{{- if and .process.port (eq .name "web") -}}
{{- $words := list -}}
{{- range $accepts }}{{ if not (contains ":" .) }}{{ $words = append $words . }}{{ end }}{{ end -}}
{{- if $words }}{{ $rules = append $rules (dict "port" .process.port "words" $words) }}{{ end -}}
{{- end -}}
{{- range $port, $number := .process.ports -}}
{{- $words := list -}}
{{- range $accepts }}{{ if hasSuffix (printf ":%s" $port) . }}{{ $words = append $words . }}{{ end }}{{ end -}}
{{- if and $words (ne $port "metrics") }}{{ $rules = append $rules (dict "port" $number "words" $words) }}{{ end -}}
{{- end -}}
{{- $rules | toJson -}}
{{- end -}}

{{/* The port where Prometheus finds a process' metrics, or empty. Usage: include "app.scraped" $process */}}
{{- define "app.scraped" -}}
{{- if .metrics }}{{ get (.ports | default dict) "metrics" | default .port | default "" }}{{ end -}}
{{- end -}}

{{/* Where the pods of this release may go; all else is closed to them. Usage: include "app.egress" . */}}
{{- define "app.egress" -}}
- to:
    - podSelector:
        matchLabels:
          {{- include "app.own" . | nindent 10 }}
# Names: the cluster's DNS, and the cache that some clusters have on each node.
- to:
    - namespaceSelector:
        matchLabels:
          kubernetes.io/metadata.name: kube-system
      podSelector:
        matchLabels:
          k8s-app: kube-dns
    - ipBlock:
        cidr: 169.254.20.10/32
  ports:
    - port: 53
      protocol: UDP
    - port: 53
      protocol: TCP
{{- with .Values.calls }}
# Whom it calls, by the ports' names: their numbers are the callee's.
{{- range . }}
{{- $peer := get $.Values.peers . | default dict }}
{{- $port := "http" }}
{{- if contains ":" . }}{{ $port = splitList ":" . | last }}{{ end }}
- to:
    {{- include "app.peer" (dict "root" $ "word" .) | nindent 4 }}
  ports:
    {{- with $peer.port }}
    - port: {{ . }}
    {{- else }}
    - port: {{ $port | quote }}
    {{- end }}
{{- end }}
{{- end }}
{{- /* A kind of service whose ports nobody names is closed. */}}
{{- range $type := .Values.services | uniq }}
{{- with get $.Values.network.services $type }}
- to:
    - namespaceSelector:
        matchLabels:
          pipelinekit.dev/service: {{ $type | quote }}
  ports:
    {{- range . }}
    - port: {{ . }}
    {{- end }}
{{- end }}
{{- end }}
{{- if include "app.usesVault" . }}
{{- $url := urlParse .Values.vault.address }}
{{- $port := ternary 80 443 (eq $url.scheme "http") }}
{{- if regexMatch ":[0-9]+$" $url.host }}{{ $port = regexFind "[0-9]+$" $url.host | int }}{{ end }}
# Vault, by its address' port and by the one that its pods listen on behind a Service.
- to:
    - namespaceSelector:
        matchLabels:
          pipelinekit.dev/service: vault
  ports:
    {{- range list $port 8200 | uniq }}
    - port: {{ . }}
    {{- end }}
{{- end }}
{{- range .Values.reaches }}
# Out of the cluster.
- to:
    {{- if eq .to "internet" }}
    {{- range $everything := list "0.0.0.0/0" "::/0" }}
    - ipBlock:
        cidr: {{ $everything | quote }}
        except:
          {{- range $.Values.network.inside }}
          {{- if eq (contains ":" .) (contains ":" $everything) }}
          - {{ . | quote }}
          {{- end }}
          {{- end }}
    {{- end }}
    {{- else }}
    - ipBlock:
        cidr: {{ .to | quote }}
    {{- end }}
  ports:
    - port: {{ .port }}
{{- end }}
{{- if .Values.mesh.enabled }}
# The mesh's control plane.
- to:
    - namespaceSelector:
        matchLabels:
          kubernetes.io/metadata.name: {{ .Values.mesh.namespace | quote }}
  ports:
    - port: 15012
{{- end }}
{{- with .Values.network.extraEgress }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* "true" when a process has secrets in Vault. Usage: include "app.usesVault" . */}}
{{- define "app.usesVault" -}}
{{- range .Values.processes }}{{ if .vault }}true{{ break }}{{ end }}{{ end -}}
{{- end -}}

{{/* All labels of an object. Usage: include "app.labels" (dict "root" $ "name" $name) */}}
{{- define "app.labels" -}}
{{ include "app.selector" . }}
app.kubernetes.io/version: {{ include "app.labelValue" .root.Chart.AppVersion }}
app.kubernetes.io/part-of: {{ .root.Values.team | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service | quote }}
helm.sh/chart: {{ include "app.labelValue" (printf "%s-%s" .root.Chart.Name .root.Chart.Version) }}
{{- end -}}

{{/* A text as a label's value: at most 63 characters, the last one a letter or a digit.
     Usage: include "app.labelValue" $text */}}
{{- define "app.labelValue" -}}
{{- regexReplaceAll "[^A-Za-z0-9]+$" (. | replace "+" "_" | trunc 63) "" | quote -}}
{{- end -}}

{{/* Where a workload comes from, for annotations; empty for a chart that was never packaged.
     Usage: include "app.provenance" $ */}}
{{- define "app.provenance" -}}
{{- range $name, $value := .Chart.Annotations }}
{{ $name }}: {{ $value | quote }}
{{- end }}
{{- with .Values.digest }}
pipelinekit.dev/chart: {{ . | quote }}
{{- end }}
{{- end -}}

{{/* The image, by digest where there is one. Usage: include "app.image" . */}}
{{- define "app.image" -}}
{{- $image := .Values.image -}}
{{- $name := $image.repository -}}
{{- if $image.registry -}}{{- $name = printf "%s/%s" $image.registry $image.repository -}}{{- end -}}
{{- if $image.digest -}}
{{- printf "%s@%s" $name $image.digest -}}
{{- else -}}
{{- printf "%s:%s" $name (required "image.digest is empty: `pipelinekit package` writes it; image.tag is the alternative" $image.tag) -}}
{{- end -}}
{{- end -}}

{{/* Environment variables of a process. A dollar sign is doubled because Kubernetes expands $(NAME), and
     quoted as Go does, which escapes every control character: YAML allows none, and JSON leaves some.
     Usage: include "app.env" (dict "root" $ "process" $process) */}}
{{- define "app.env" -}}
{{- if .root.Values.environment }}
- name: PIPELINEKIT_ENVIRONMENT
  value: {{ .root.Values.environment | quote }}
{{- end }}
{{- if .process.port }}
- name: PORT
  value: {{ .process.port | quote }}
{{- end }}
{{- range $name, $value := .process.env }}
- name: {{ $name | quote }}
  value: {{ $value | replace "$" "$$" | quote }}
{{- end }}
{{- range $name, $secret := .process.vault }}
- name: {{ printf "%s_FILE" $name }}
  value: {{ printf "/vault/secrets/%s" $name | quote }}
{{- end }}
{{- range $name, $secret := .process.secrets }}
- name: {{ $name | quote }}
  valueFrom:
    secretKeyRef:
      name: {{ $secret.name | quote }}
      key: {{ $secret.key | quote }}
{{- end }}
{{- end -}}

{{/* A command, each word as it is. Usage: include "app.command" $command */}}
{{- define "app.command" -}}
{{- range . }}
- {{ . | replace "$" "$$" | quote }}
{{- end }}
{{- end -}}

{{/* The marks of the Secrets that a process refers to, in the order of its variables; empty when there are none.
     Usage: include "app.secretVersions" (dict "root" $ "process" $process) */}}
{{- define "app.secretVersions" -}}
{{- $root := .root -}}
{{- $marks := list -}}
{{- range .process.secrets }}{{ with get ($root.Values.secretVersions | default dict) .name }}{{ $marks = append $marks . }}{{ end }}{{ end -}}
{{- $marks | uniq | join "-" -}}
{{- end -}}

{{/* What a container asks for and may have at most; of the processor it may have what is left. A volume on the
     node's disk has its own size, which the limit would count once more.
     Usage: include "app.resources" (dict "root" $ "resources" $process.resources "volumes" $process.volumes) */}}
{{- define "app.resources" -}}
{{- $storage := .root.Values.storage -}}
{{- $disk := "" -}}
{{- range .volumes }}{{ if .disk }}{{ $disk = .disk }}{{ end }}{{ end -}}
requests: {cpu: {{ .resources.cpu | quote }}, memory: {{ .resources.memory | quote }}, ephemeral-storage: {{ $storage.request | quote }}}
limits: {memory: {{ .resources.memory | quote }}{{ if not $disk }}, ephemeral-storage: {{ $storage.limit | quote }}{{ end }}}
{{- end -}}

{{/* What every container may do: nothing that it does not need. Usage: include "app.containerSecurity" . */}}
{{- define "app.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}

{{/* The same for a pod. Usage: include "app.podSecurity" . */}}
{{- define "app.podSecurity" -}}
runAsNonRoot: true
{{- with .Values.image.user }}
runAsUser: {{ int64 . }}
{{- end }}
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{/* Whether a process has a volume that stays; empty when not. Usage: include "app.persists" $process */}}
{{- define "app.persists" -}}
{{- range .volumes }}{{ if .persistent }}true{{ break }}{{ end }}{{ end -}}
{{- end -}}

{{/* The kind of the workload that keeps a process running. Usage: include "app.kind" $process */}}
{{- define "app.kind" -}}
{{- if include "app.persists" . }}StatefulSet{{ else }}Deployment{{ end -}}
{{- end -}}

{{/* The template of a process' pods. Usage: include "app.template" (dict "root" $ "name" $name "process" $process) */}}
{{- define "app.template" -}}
{{- $root := .root -}}
{{- $process := .process -}}
metadata:
  labels:
    {{- include "app.podLabels" . | nindent 4 }}
    {{- if $root.Values.mesh.enabled }}
    sidecar.istio.io/inject: "true"
    {{- end }}
    {{- if $root.Values.draft }}
    draft: {{ $root.Values.draft | quote }}
    {{- end }}
  {{- $scraped := include "app.scraped" $process }}
  {{- $versions := include "app.secretVersions" . }}
  {{- if or $root.Values.buildID $process.vault $scraped $versions }}
  annotations:
    {{- if $process.vault }}
    # The agent reads its configuration once: another one needs another pod.
    pipelinekit.dev/vault: {{ include "app.vaultConfig" . | sha256sum | quote }}
    {{- end }}
    {{- if $root.Values.buildID }}
    buildID: {{ $root.Values.buildID | quote }}
    {{- end }}
    {{- if $versions }}
    # A program reads its Secrets when it begins.
    pipelinekit.dev/secrets: {{ $versions | sha256sum | quote }}
    {{- end }}
    {{- if $scraped }}
    prometheus.io/scrape: "true"
    prometheus.io/port: {{ $scraped | quote }}
    prometheus.io/path: {{ $process.metrics | quote }}
    {{- end }}
  {{- end }}
spec:
  {{- include "app.pod" . | nindent 2 }}
{{- end -}}

{{/* The port of a developer's debugger, empty where there is none. Usage: include "app.debugPort" (dict "root" $ "name" $name) */}}
{{- define "app.debugPort" -}}
{{- if .root.Values.draft -}}
{{- get ((.root.Values.develop | default dict).debug | default dict) .name -}}
{{- end -}}
{{- end -}}

{{/* A pod's specification. Usage: include "app.pod" (dict "root" $ "name" $name "process" $process) */}}
{{- define "app.pod" -}}
{{- $process := .process -}}
{{- $develop := ternary (.root.Values.develop | default dict) dict (not (not .root.Values.draft)) -}}
{{- $sync := ternary dict ($develop.sync | default dict) (not (not $process.schedule)) -}}
{{- $debug := include "app.debugPort" . -}}
serviceAccountName: {{ .serviceAccount | default (include "app.fullname" .root) | quote }}
automountServiceAccountToken: {{ .root.Values.serviceAccount.token }}
enableServiceLinks: false
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets:
{{- range . }}
  - name: {{ . | quote }}
{{- end }}
{{- end }}
securityContext:
  {{- include "app.podSecurity" .root | nindent 2 }}
  {{- if include "app.persists" $process }}
  # A new volume is root's: it becomes this group's, which the pod belongs to.
  fsGroup: {{ int64 (.root.Values.storage.group | default 65532) }}
  fsGroupChangePolicy: OnRootMismatch
  {{- end }}
{{- if or $process.port $process.ports }}
# The program's half a minute, after what preStop takes.
terminationGracePeriodSeconds: 33
{{- end }}
{{- if not $process.schedule }}
# Apart where there is room for that; what is left of the last rollout does not count.
topologySpreadConstraints:
{{- range $place := list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
  - maxSkew: 1
    topologyKey: {{ $place }}
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "app.selector" $ | nindent 8 }}
    matchLabelKeys: [{{ if include "app.persists" $process }}controller-revision-hash{{ else }}pod-template-hash{{ end }}]
{{- end }}
{{- end }}
{{- if or $process.vault $sync }}
initContainers:
  {{- if $process.vault }}
  {{- include "app.vaultContainers" . | nindent 2 }}
  {{- end }}
  {{- if $sync }}
  # What the image has in the folder: there it can be written over, and stays when the container begins again.
  - name: draft-sources
    image: {{ include "app.image" .root | quote }}
    command:
      {{- include "app.command" $sync.fill | trim | nindent 6 }}
    resources:
      {{- include "app.resources" (dict "root" .root "resources" $process.resources) | nindent 6 }}
    securityContext:
      {{- include "app.containerSecurity" .root | nindent 6 }}
    volumeMounts:
      - name: draft-sources
        mountPath: /draft-sources
      - name: tmp
        mountPath: /tmp
  {{- end }}
{{- end }}
containers:
  - name: {{ .name | quote }}
    image: {{ include "app.image" .root | quote }}
    {{- if $sync }}
    command:
      {{- include "app.command" (concat $sync.run ($process.command | default $sync.command)) | trim | nindent 6 }}
    {{- else }}
    {{- with $process.command }}
    command:
      {{- include "app.command" . | trim | nindent 6 }}
    {{- end }}
    {{- end }}
    {{- with include "app.env" (dict "root" .root "process" $process) | trim }}
    env:
      {{- . | nindent 6 }}
    {{- end }}
    {{- if or $process.port $process.ports $debug }}
    ports:
      {{- with $process.port }}
      - name: http
        containerPort: {{ . }}
      {{- end }}
      {{- range $port, $number := $process.ports }}
      - name: {{ $port | quote }}
        containerPort: {{ $number }}
      {{- end }}
      {{- with $debug }}
      - name: draft-debug
        containerPort: {{ . }}
      {{- end }}
    {{- end }}
    {{- if or $process.port $process.ports }}
    # Whoever sends requests learns in the meantime that it goes: it still answers them.
    lifecycle:
      preStop:
        {{- if semverCompare ">=1.30-0" .root.Capabilities.KubeVersion.Version }}
        sleep: {seconds: 3}
        {{- else }}
        exec: {command: [sleep, "3"]}
        {{- end }}
    {{- end }}
    {{- if $process.port }}
    {{- if and (or $sync $debug) $process.health }}
    # A change mends what the last one has broken, and a program that stands at a breakpoint is not dead.
    readinessProbe:
      httpGet: {path: {{ $process.health | quote }}, port: http}
      periodSeconds: 1
    {{- else if $process.health }}
    startupProbe:
      httpGet: {path: {{ $process.health | quote }}, port: http}
      periodSeconds: 1
      failureThreshold: 120
    readinessProbe:
      httpGet: {path: {{ $process.health | quote }}, port: http}
      periodSeconds: 5
    livenessProbe:
      httpGet: {path: {{ $process.health | quote }}, port: http}
      periodSeconds: 10
      failureThreshold: 6
    {{- else }}
    readinessProbe:
      tcpSocket: {port: http}
      periodSeconds: 5
    {{- end }}
    {{- end }}
    resources:
      {{- include "app.resources" (dict "root" .root "resources" $process.resources "volumes" $process.volumes) | nindent 6 }}
    securityContext:
      {{- include "app.containerSecurity" .root | nindent 6 }}
    volumeMounts:
      - name: tmp
        mountPath: /tmp
      {{- if $sync }}
      - name: draft-sources
        mountPath: {{ $sync.path | quote }}
      {{- end }}
      {{- range $volume, $one := $process.volumes }}
      - name: {{ $volume | quote }}
        mountPath: {{ $one.path | quote }}
      {{- end }}
      {{- if $process.vault }}
      - name: vault-secrets
        mountPath: /vault/secrets
        readOnly: true
      {{- end }}
volumes:
  - name: tmp
    emptyDir: {sizeLimit: {{ .root.Values.storage.tmp | quote }}}
  {{- if $sync }}
  - name: draft-sources
    emptyDir: {sizeLimit: {{ .root.Values.storage.limit | quote }}}
  {{- end }}
  {{- range $volume, $one := $process.volumes }}
  {{- if $one.memory }}
  - name: {{ $volume | quote }}
    emptyDir: {medium: Memory, sizeLimit: {{ $one.memory | quote }}}
  {{- else if $one.disk }}
  - name: {{ $volume | quote }}
    emptyDir: {sizeLimit: {{ $one.disk | quote }}}
  {{- end }}
  {{- end }}
  {{- if $process.vault }}
  {{- include "app.vaultVolumes" . | nindent 2 }}
  {{- end }}
{{- end -}}

{{/* A task's container, with the environment of web. Usage: include "app.task" (dict "root" $ "name" $name "process" $web) */}}
{{- define "app.task" -}}
- name: {{ .name | quote }}
  image: {{ include "app.image" .root | quote }}
  command:
    {{- include "app.command" (get .root.Values.before .name) | trim | nindent 4 }}
  {{- with include "app.env" (dict "root" .root "process" .process) | trim }}
  env:
    {{- . | nindent 4 }}
  {{- end }}
  resources:
    {{- include "app.resources" (dict "root" .root "resources" .process.resources) | nindent 4 }}
  securityContext:
    {{- include "app.containerSecurity" .root | nindent 4 }}
  volumeMounts:
    - name: tmp
      mountPath: /tmp
    {{- if .process.vault }}
    - name: vault-secrets
      mountPath: /vault/secrets
      readOnly: true
    {{- end }}
{{- end -}}

{{/* The agent's configuration: log in as the service account, write one file a secret, keep them fresh.
     Usage: include "app.vaultConfig" (dict "root" $ "name" $name "process" $process) */}}
{{- define "app.vaultConfig" -}}
{{- $vault := .root.Values.vault -}}
{{- $address := required "vault.address is empty: the platform's document has it under vault" $vault.address -}}
{{- $role := $vault.role | default (printf "%s-%s" .root.Values.team .root.Chart.Name) -}}
{{- $templates := list -}}
{{- range $name, $secret := .process.vault -}}
{{- $path := $secret.path | replace "{env}" $.root.Values.environment -}}
{{- /* Version 2 of the key-value engine has the values one level deeper than version 1. */ -}}
{{- $contents := printf "{{ with secret %s }}{{ with .Data.data }}{{ index . %s }}{{ else }}{{ index .Data %s }}{{ end }}{{ end }}" ($path | quote) ($secret.key | quote) ($secret.key | quote) -}}
{{- $templates = append $templates (dict "contents" $contents "destination" (printf "/vault/secrets/%s" $name) "perms" "0440" "error_on_missing_key" true) -}}
{{- end -}}
{{- $login := dict "type" "kubernetes" "mount_path" (printf "auth/%s" $vault.mount) "config" (dict "role" $role "token_path" "/vault/token/token") -}}
{{- dict
    "vault" (ternary (dict "address" $address "ca_cert" "/vault/authority/ca.crt") (dict "address" $address) (ne $vault.authority ""))
    "auto_auth" (dict "method" (list $login))
    "template" $templates
    "template_config" (dict "exit_on_retry_failure" true "static_secret_render_interval" "5m")
    | toJson -}}
{{- end -}}

{{/* Two containers of the agent: one writes the files before the program starts, one keeps them fresh beside it.
     Usage: include "app.vaultContainers" (dict "root" $ "name" $name "process" $process) */}}
{{- define "app.vaultContainers" -}}
{{- $root := .root -}}
{{- range $step := list "vault-init" "vault-agent" }}
- name: {{ $step }}
  image: {{ $root.Values.vault.image | quote }}
  {{- if eq $step "vault-agent" }}
  restartPolicy: Always
  {{- end }}
  command:
    - sh
    - -c
    - exec "$(command -v bao || command -v vault)" agent -config=/vault/config/agent.json "$@"
    - agent
    {{- if eq $step "vault-init" }}
    - -exit-after-auth
    {{- end }}
  env:
    - name: HOME
      value: /tmp
    - name: SKIP_SETCAP
      value: "true"
  resources:
    requests: {cpu: 10m, memory: 64Mi, ephemeral-storage: 8Mi}
    limits: {memory: 128Mi, ephemeral-storage: 64Mi}
  securityContext:
    runAsUser: 65532
    {{- include "app.containerSecurity" $root | nindent 4 }}
  volumeMounts:
    - name: tmp
      mountPath: /tmp
    - name: vault-secrets
      mountPath: /vault/secrets
    - name: vault-config
      mountPath: /vault/config
    - name: vault-token
      mountPath: /vault/token
    {{- if $root.Values.vault.authority }}
    - name: vault-authority
      mountPath: /vault/authority
    {{- end }}
{{- end }}
{{- end -}}

{{/* The agent's volumes: the secrets never touch a disk. Usage: as app.vaultContainers */}}
{{- define "app.vaultVolumes" -}}
- name: vault-secrets
  emptyDir:
    medium: Memory
    sizeLimit: 8Mi
- name: vault-config
  configMap:
    name: {{ printf "%s-vault" (include "app.process" .) | trunc 63 | quote }}
- name: vault-token
  projected:
    sources:
      - serviceAccountToken:
          path: token
          expirationSeconds: 3600
{{- with .root.Values.vault.authority }}
- name: vault-authority
  configMap:
    name: {{ . | quote }}
{{- end }}
{{- end -}}
