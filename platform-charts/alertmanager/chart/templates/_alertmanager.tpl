{{/* Where a key of a Secret is to be read. Usage: include "alertmanager.file" (list $secret $key) */}}
{{- define "alertmanager.file" -}}
{{- printf "/secrets/%s/%s" (index . 0) (index . 1) -}}
{{- end -}}

{{/* Every key of a Secret that the configuration names, each once, as JSON: `{secret: [key]}`.
     Usage: include "alertmanager.secrets" . */}}
{{- define "alertmanager.secrets" -}}
{{- $named := list -}}
{{- with .Values.watchdog }}{{ if .secret }}{{ $named = append $named (list .secret .key) }}{{ end }}{{ end -}}
{{- with .Values.email }}{{ if and .host .user }}{{ $named = append $named (list .secret .key) }}{{ end }}{{ end -}}
{{- range .Values.receivers -}}
{{- range concat (.webhooks | default list) (.slacks | default list) -}}
{{- $named = append $named (list .secret .key) -}}
{{- if .token }}{{ $named = append $named (list .secret .token) }}{{ end -}}
{{- end -}}
{{- end -}}
{{- $found := dict -}}
{{- range $named -}}
{{- $_ := set $found (index . 0) (append (get $found (index . 0) | default list) (index . 1) | uniq) -}}
{{- end -}}
{{- toJson $found -}}
{{- end -}}

{{/* Fails where the values name what they do not say. Usage: include "alertmanager.check" . */}}
{{- define "alertmanager.check" -}}
{{- $names := list -}}
{{- range .Values.receivers -}}
{{- if has .name $names }}{{ fail (printf "receivers: %s is there twice" .name) }}{{ end -}}
{{- $names = append $names .name -}}
{{- if and .emails (not (and $.Values.email.host $.Values.email.from)) -}}
{{- fail (printf "receivers: %s gets emails: give email.host and email.from" .name) -}}
{{- end -}}
{{- end -}}
{{- $wanted := dict "receiver" .Values.receiver -}}
{{- range .Values.teams -}}
{{- $team := printf "teams: %s" .name -}}
{{- if hasKey $wanted $team }}{{ fail (printf "%s is there twice" $team) }}{{ end -}}
{{- $_ := set $wanted $team .receiver -}}
{{- end -}}
{{- range $who, $name := $wanted -}}
{{- if and $name (not (has $name $names)) -}}
{{- fail (printf "%s: there is no receiver %s; there are: %s" $who $name (join ", " $names | default "none")) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* What the servers read when they start, by the name of the file. Usage: include "alertmanager.configuration" . */}}
{{- define "alertmanager.configuration" -}}
{{- include "alertmanager.check" . -}}
alertmanager.yml: |
  {{- tpl (.Files.Get "files/alertmanager.yml") . | nindent 2 }}
texts.tmpl: |
  {{- .Files.Get "files/texts.tmpl" | nindent 2 }}
{{- end -}}
