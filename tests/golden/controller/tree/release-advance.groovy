// Promotes what waited for its time. Generated; `pipelinekit jobs apply` updates it.
// It loads no shared library: what holds the key of the folder of releases is this text, and no tag or branch can
// change it. Parameters and timer are in the job's configuration.
pipeline {
  agent none

  options {
    buildDiscarder(logRotator(numToKeepStr: '200'))
    disableConcurrentBuilds()
    timeout(time: 4, unit: 'HOURS')
    skipDefaultCheckout()
  }

  stages {
    stage('Advance payments') {
      agent {
        kubernetes {
          namespace 'jenkins-agents'
          defaultContainer 'pipelinekit'
          yaml '''apiVersion: v1
kind: Pod
spec:
  automountServiceAccountToken: false
  containers: [{name: pipelinekit, image: "nexus.acme.example:5000/agent:1.4.0", command: [sleep], args: [infinity], securityContext: {runAsUser: 0, allowPrivilegeEscalation: false, capabilities: {drop: [ALL], add: [CHOWN, DAC_OVERRIDE, FOWNER, SETFCAP, SETGID, SETUID]}, seccompProfile: {type: Unconfined}, appArmorProfile: {type: Unconfined}}}]
'''
        }
      }
      steps {
        checkout scmGit(branches: [[name: 'main']], userRemoteConfigs: [[url: 'https://git.acme.example/platform.git', credentialsId: 'platform-git']])
        script {
          pipelinekit('advance', [platform: 'acme', team: 'payments'], '')
        }
      }
    }

  }
}

/** Run one verb: arguments travel as JSON in the environment, the shell line is a constant. */
void pipelinekit(String verb, Map args, String user) {
  String team = args.team ?: (args.application ?: '').tokenize('/')[0]
  if (!team) {
    error('A set has no team, and each team has a login of its own: promote its members one by one.')
  }
  List bindings = [
    usernamePassword(credentialsId: 'nexus-' + team + '', usernameVariable: 'PK_REGISTRY_USER', passwordVariable: 'PK_REGISTRY_PASSWORD'),
    usernamePassword(credentialsId: 'nexus-' + team + '', usernameVariable: 'PK_CHARTS_USER', passwordVariable: 'PK_CHARTS_PASSWORD'),
    file(credentialsId: 'kube-prod', variable: 'PK_KUBECONFIG_0'),
    file(credentialsId: 'ledger-release', variable: 'PIPELINEKIT_LEDGER_KEY'),
  ]
  withEnv(['PK_CONTRACT=1', 'PK_VERB=' + verb, 'PK_ARGS=' + groovy.json.JsonOutput.toJson(args), 'PIPELINEKIT_JENKINS_USER=' + user]) {
    withCredentials(bindings) {
      sh label: 'pipelinekit ' + verb, script: 'pipelinekit "$PK_VERB" --args-env PK_ARGS'
    }
  }
}
