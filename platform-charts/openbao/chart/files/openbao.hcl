ui = true
{{- if eq .Values.program "vault" }}
# What it has in memory stays out of a swap file only where nodes have none: the pod may lock no memory.
disable_mlock = true
{{- else }}
# An application logs in at one server and reads at another: one that only follows would not know it yet.
disable_standby_reads = true
{{- end }}

listener "tcp" {
  address = "[::]:8200"
  cluster_address = "[::]:8201"
{{- if .Values.tls.secret }}
  tls_cert_file = "/secrets/tls/tls.crt"
  tls_key_file = "/secrets/tls/tls.key"
{{- else }}
  tls_disable = true
{{- end }}
  telemetry {
    unauthenticated_metrics_access = true
  }
}

storage "raft" {
  path = "/data"
{{- range $place := until (int .Values.replicas) }}
  retry_join {
    leader_api_addr = "{{ include "openbao.scheme" $ }}://{{ include "pk.name" (list $ (toString $place)) }}.{{ include "pk.name" (list $ "internal") }}:8200"
{{- if $.Values.tls.secret }}
    leader_ca_cert_file = "/secrets/tls/ca.crt"
    leader_tls_servername = "{{ include "openbao.known" $ }}"
{{- end }}
  }
{{- end }}
}

service_registration "kubernetes" {}
{{- if eq .Values.seal.type "transit" }}
{{- with .Values.seal.transit }}

# The token is in the environment.
seal "transit" {
  address = {{ .address | toJson }}
  mount_path = {{ printf "%s/" .mount | toJson }}
  key_name = {{ .name | toJson }}
{{- if .authority }}
  tls_ca_cert = "/secrets/authority/ca.crt"
{{- end }}
}
{{- end }}
{{- else }}

seal "static" {
  current_key_id = {{ .Values.seal.id | toJson }}
  current_key = "file:///secrets/seal/key"
}
{{- end }}
{{- if eq .Values.program "bao" }}

audit "file" "stdout" {
  options {
    file_path = "stdout"
  }
}
{{- end }}

telemetry {
  prometheus_retention_time = "60s"
  disable_hostname = true
}
