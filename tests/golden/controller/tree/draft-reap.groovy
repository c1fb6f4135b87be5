// Looks after developers' namespaces. Generated; `pipelinekit jobs apply` updates it.
// It loads no shared library: what holds the cluster's kubeconfig is this text, and no tag or branch can change it.
// Parameter and timer are in the job's configuration.
pipeline {
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

  options {
    buildDiscarder(logRotator(numToKeepStr: '200'))
    disableConcurrentBuilds()
    timeout(time: 1, unit: 'HOURS')
    skipDefaultCheckout()
  }

  stages {
    stage('Platform') {
      steps {
        checkout scmGit(branches: [[name: 'main']], userRemoteConfigs: [[url: 'https://git.acme.example/platform.git', credentialsId: 'platform-git']])
      }
    }

    stage('Plan') {
      steps {
        script {
          pipelinekit([action: 'reap', platform: 'acme', planOnly: true])
        }
      }
    }

    stage('Reap') {
      when {
        expression { !params.PLAN_ONLY }
      }
      steps {
        script {
          pipelinekit([action: 'reap', platform: 'acme'])
        }
      }
    }
  }
}

/** Run one verb: arguments travel as JSON in the environment, the shell line is a constant. */
void pipelinekit(Map args) {
  List bindings = [
    file(credentialsId: 'kube-nonprod-draft', variable: 'PK_KUBECONFIG_0'),
  ]
  withEnv(['PK_CONTRACT=1', 'PK_VERB=draft', 'PK_ARGS=' + groovy.json.JsonOutput.toJson(args)]) {
    withCredentials(bindings) {
      sh label: 'pipelinekit draft ' + args.action, script: 'pipelinekit "$PK_VERB" --args-env PK_ARGS'
    }
  }
}
