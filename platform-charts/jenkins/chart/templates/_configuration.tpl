{{/* What configuration-as-code reads: the controller's own, and what pipelines need, as `pipelinekit seed export` says it.
     Texts of the values are JSON, which is YAML. Usage: include "jenkins.configuration" . */}}
{{- define "jenkins.configuration" -}}
controller.yaml: |
  {{- include "jenkins.controller" . | nindent 2 }}
{{- with .Values.pipelines }}
pipelines.yaml: |
  {{- include "jenkins.pipelines" $ | nindent 2 }}
{{- end }}
{{- range $name, $text := .Values.configuration }}
{{ printf "own-%s" $name }}: |
  {{- $text | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "jenkins.controller" -}}
jenkins:
  # Nothing is built where the credentials are.
  numExecutors: 0
  mode: EXCLUSIVE
  slaveAgentPort: -1
  crumbIssuer:
    standard:
      # One's address changes on the way through an ingress controller.
      excludeClientIPFromCrumb: true
  markupFormatter: plainText
  securityRealm:
    {{- with .Values.oidc }}
    {{- if .issuer }}
    oic:
      clientId: {{ toJson .client }}
      clientSecret: "${oidc-client-secret}"
      serverConfiguration:
        wellKnown:
          wellKnownOpenIDConfigurationUrl: {{ printf "%s/.well-known/openid-configuration" (trimSuffix "/" .issuer) | toJson }}
          scopesOverride: openid profile email
      userNameField: preferred_username
      fullNameFieldName: name
      emailFieldName: email
      groupsFieldName: {{ toJson .groups }}
      logoutFromOpenidProvider: true
      {{- with $.Values.pipelines.url }}
      postLogoutRedirectUrl: {{ printf "%s/OicLogout" (trimSuffix "/" .) | toJson }}
      {{- end }}
      # Programs come with a token and have no session.
      allowTokenAccessWithoutOicSession: true
      properties:
        - pkce
        - escapeHatch:
            username: "${jenkins-admin-user}"
            secret: "${jenkins-admin-password}"
    {{- else }}
    local:
      allowsSignup: false
      enableCaptcha: false
      users:
        - id: "${jenkins-admin-user}"
          password: "${jenkins-admin-password}"
    {{- end }}
    {{- end }}
  authorizationStrategy:
    projectMatrix:
      entries:
        - user: {name: "${jenkins-admin-user}", permissions: [Overall/Administer]}
        {{- range .Values.administrators.users }}
        - user: {name: {{ toJson . }}, permissions: [Overall/Administer]}
        {{- end }}
        {{- range .Values.administrators.groups }}
        - group: {name: {{ toJson . }}, permissions: [Overall/Administer]}
        {{- end }}
        {{- range .Values.rights }}
        {{- if .group }}
        - group: {name: {{ toJson .group }}, permissions: {{ toJson .permissions }}}
        {{- else }}
        - user: {name: {{ toJson .user }}, permissions: {{ toJson .permissions }}}
        {{- end }}
        {{- end }}
  clouds:
    - kubernetes:
        name: kubernetes
        serverUrl: https://kubernetes.default
        namespace: {{ include "jenkins.agents" . | toJson }}
        # Inside the cluster, and by WebSocket: one port for all.
        jenkinsUrl: {{ printf "http://%s.%s.svc:8080" (include "pk.name" (list . "")) .Release.Namespace | toJson }}
        webSocket: true
        containerCapStr: {{ .Values.agents.most | toString | toJson }}
        # By these the policies know an agent.
        podLabels:
          {{- range $key, $value := include "pk.selector" (list . "agent") | fromYaml }}
          - {key: {{ toJson $key }}, value: {{ toJson $value }}}
          {{- end }}
        # Of every pod that a pipeline describes: who it is, and the image of what connects it.
        defaultsProviderTemplate: agent
        templates:
          - name: agent
            nodeUsageMode: EXCLUSIVE
            serviceAccount: {{ include "pk.name" (list . "agent") | toJson }}
            {{- with .Values.image.pullSecrets }}
            imagePullSecrets:
              {{- range . }}
              - name: {{ toJson . }}
              {{- end }}
            {{- end }}
            containers:
              - name: jnlp
                image: {{ include "pk.image" (list . "agents.image" .Values.agents.image) | replace "@" (printf ":%s@" .Values.agents.image.tag) }}
                command: ""
                args: "^${computer.jnlpmac} ^${computer.name}"
                workingDir: /home/jenkins/agent
                resourceRequestCpu: {{ toJson .Values.agents.resources.cpu }}
                resourceRequestMemory: {{ toJson .Values.agents.resources.memory }}
                resourceLimitMemory: {{ toJson .Values.agents.resources.memory }}
security:
  apiToken:
    creationOfLegacyTokenEnabled: false
    tokenGenerationOnCreationEnabled: false
    usageStatisticsEnabled: true
{{- with .Values.pipelines.url }}
unclassified:
  location:
    url: {{ toJson . }}
{{- end }}
{{- end -}}

{{- define "jenkins.pipelines" -}}
{{- $lacking := include "jenkins.lacking" . | fromJsonArray -}}
{{- with .Values.pipelines -}}
# As `pipelinekit seed export` writes it.
{{- with .environment }}
jenkins:
  globalNodeProperties:
    - envVars:
        env: {{ toJson . }}
{{- end }}
{{- with .library }}
unclassified:
  # Untrusted: its code runs in the sandbox.
  globalUntrustedLibraries:
    libraries:
      - name: pipelinekit
        defaultVersion: {{ toJson $.Values.pipelines.version }}
        implicit: false
        allowVersionOverride: true
        includeInChangesets: false
        retriever:
          modernSCM:
            scm:
              git:
                remote: {{ toJson .remote }}
                {{- with .credentialsId }}
                credentialsId: {{ toJson . }}
                {{- end }}
{{- end }}
{{- $held := list }}
{{- range .logins }}
{{- if not (has .id $lacking) }}
{{- $held = append $held (dict "usernamePassword" (dict "scope" "GLOBAL" "id" .id "username" .user "password" .password)) }}
{{- end }}
{{- end }}
{{- range .files }}
{{- if not (has .id $lacking) }}
{{- $held = append $held (dict "file" (dict "scope" "GLOBAL" "id" .id "fileName" "kubeconfig" "secretBytes" .content)) }}
{{- end }}
{{- end }}
{{- with $held }}
credentials:
  system:
    domainCredentials:
      - credentials:
          {{- range . }}
          - {{ toJson . }}
          {{- end }}
{{- end }}
{{- end -}}
{{- end -}}
