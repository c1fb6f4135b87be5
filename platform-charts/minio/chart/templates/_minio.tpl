{{- define "minio.scheme" -}}
{{- ternary "https" "http" (ne .Values.tls.secret "") -}}
{{- end -}}

{{/* Where everybody finds the endpoint. Usage: include "minio.endpoint" . */}}
{{- define "minio.endpoint" -}}
{{- if .Values.external.endpoint -}}
{{- .Values.external.endpoint -}}
{{- else -}}
{{- printf "%s://%s.%s.svc:9000" (include "minio.scheme" .) (include "pk.name" (list . "")) .Release.Namespace -}}
{{- end -}}
{{- end -}}

{{/* The parts of somebody else's address. Usage: include "minio.external" . | fromYaml */}}
{{- define "minio.external" -}}
{{- $whole := urlParse .Values.external.endpoint -}}
{{- $host := splitList ":" $whole.host -}}
scheme: {{ $whole.scheme }}
host: {{ first $host }}
port: {{ index (append $host (ternary "443" "80" (eq $whole.scheme "https"))) 1 }}
{{- end -}}

{{/* What one server is told of all volumes. Usage: include "minio.volumes" . */}}
{{- define "minio.volumes" -}}
{{- if eq (int .Values.replicas) 1 -}}
/data
{{- else -}}
{{- $name := include "pk.name" (list . "") -}}
{{- printf "%s://%s-{0...%d}.%s.%s.svc:9000/data" (include "minio.scheme" .) $name (int (sub .Values.replicas 1)) (include "pk.name" (list . "internal")) .Release.Namespace -}}
{{- end -}}
{{- end -}}

{{/* Where a backup goes, empty where there is none. Usage: include "minio.to" . */}}
{{- define "minio.to" -}}
{{- if and .Values.backup.enabled (not .Values.external.endpoint) -}}
{{- .Values.backup.to.endpoint | required "backup.to.endpoint is empty: name another S3 endpoint (https://…), or say backup.enabled: false" -}}
{{- end -}}
{{- end -}}

{{/* Rights to buckets as S3 says them, of all that some policies of the values give. Usage: include "minio.rights" (list $policy) */}}
{{- define "minio.rights" -}}
{{- $reads := list "s3:GetObject" -}}
{{- $writes := concat $reads (list "s3:PutObject" "s3:DeleteObject" "s3:AbortMultipartUpload" "s3:ListMultipartUploadParts") -}}
{{- $said := list -}}
{{- range $policy := . -}}
{{- range $word, $actions := dict "reads" $reads "writes" $writes -}}
{{- range $place := get $policy $word | default list -}}
{{- $bucket := regexFind "^[^/]+" $place -}}
{{- $prefix := trimPrefix $bucket $place | trimPrefix "/" -}}
{{- $whole := printf "arn:aws:s3:::%s" $bucket -}}
{{- $listed := dict "Effect" "Allow" "Action" (list "s3:ListBucket") "Resource" (list $whole) -}}
{{- if $prefix -}}
{{- $_ := set $listed "Condition" (dict "StringLike" (dict "s3:prefix" (list (printf "%s*" $prefix)))) -}}
{{- end -}}
{{- $said = concat $said (list
  (dict "Effect" "Allow" "Action" (list "s3:GetBucketLocation") "Resource" (list $whole))
  $listed
  (dict "Effect" "Allow" "Action" $actions "Resource" (list (printf "%s/%s*" $whole $prefix)))) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- dict "Version" "2012-10-17" "Statement" $said | toJson -}}
{{- end -}}

{{/* A pod that calls the endpoint. Usage: include "minio.client" (list . "backup") */}}
{{- define "minio.client" -}}
{{- $root := index . 0 -}}
{{- $part := index . 1 -}}
{{- $to := ternary (include "minio.to" $root) "" (has $part (list "backup" "restore")) -}}
{{- $users := ternary $root.Values.users list (eq $part "provision") -}}
metadata:
  labels:
    {{- include "pk.selector" . | nindent 4 }}
spec:
  restartPolicy: Never
  {{- include "pk.pod" (list $root "") | nindent 2 }}
  containers:
    - name: {{ $part }}
      image: {{ include "pk.image" (list $root "image" $root.Values.image) }}
      command: [sh, /scripts/{{ $part }}.sh]
      env:
        - {name: ENDPOINT, value: {{ include "minio.endpoint" $root | quote }}}
        - {name: EXTERNAL, value: {{ ne $root.Values.external.endpoint "" | quote }}}
        - {name: TO, value: {{ $to | quote }}}
        - {name: BUCKET, value: {{ $root.Values.backup.to.bucket | quote }}}
      {{- include "pk.container" $root | nindent 6 }}
      {{- include "pk.resources" $root.Values.backup.resources | nindent 6 }}
      volumeMounts:
        - {name: scripts, mountPath: /scripts, readOnly: true}
        - {name: minio, mountPath: /secrets/minio, readOnly: true}
        {{- if $to }}
        - {name: backup, mountPath: /secrets/backup, readOnly: true}
        {{- end }}
        {{- range $place, $each := $users }}
        - {name: user-{{ $place }}, mountPath: /secrets/users/{{ $place }}, readOnly: true}
        {{- end }}
        {{- if or $root.Values.tls.secret $root.Values.external.authority }}
        - {name: tls, mountPath: /secrets/tls, readOnly: true}
        {{- end }}
        - {name: tmp, mountPath: /tmp}
  volumes:
    - name: scripts
      configMap: {name: {{ include "pk.name" (list $root "scripts") }}}
    {{- include "minio.login" (list "minio" $root.Values.root.secret) | nindent 4 }}
    {{- if $to }}
    {{- include "minio.login" (list "backup" $root.Values.backup.to.secret) | nindent 4 }}
    {{- end }}
    {{- range $place, $each := $users }}
    {{- include "minio.login" (list (printf "user-%d" $place) $each.secret) | nindent 4 }}
    {{- end }}
    {{- with $root.Values.tls.secret }}
    # By whom servers are known, and not the key.
    - name: tls
      secret: {secretName: {{ . | quote }}, defaultMode: 0440, items: [{key: ca.crt, path: ca.crt}]}
    {{- end }}
    {{- with $root.Values.external.authority }}
    - name: tls
      configMap: {name: {{ . | quote }}, defaultMode: 0440, items: [{key: ca.crt, path: ca.crt}]}
    {{- end }}
    # Where `mc` keeps the keys that it was told: not on the node's disk.
    - name: tmp
      emptyDir: {medium: Memory, sizeLimit: 32Mi}
{{- end -}}

{{/* A volume that has the two keys of a login. */}}
{{- define "minio.login" -}}
- name: {{ index . 0 }}
  secret:
    secretName: {{ index . 1 | quote }}
    defaultMode: 0440
    items: [{key: accessKey, path: accessKey}, {key: secretKey, path: secretKey}]
{{- end -}}
