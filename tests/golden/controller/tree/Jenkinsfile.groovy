// The seed: keeps every job of the platform as its repository says. Generated; `pipelinekit jobs apply` updates it.
// It loads no shared library: what holds the controller's token is this text, and no tag or branch can change it.
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
    buildDiscarder(logRotator(numToKeepStr: '30'))
    disableConcurrentBuilds()
    timeout(time: 1, unit: 'HOURS')
    skipDefaultCheckout()
  }

  triggers {
    cron('H H * * *')
  }

  stages {
    stage('Platform') {
      steps {
        checkout scmGit(branches: [[name: 'main']], extensions: [[$class: 'CloneOption', shallow: false, noTags: false, reference: '']], userRemoteConfigs: [[url: 'https://git.acme.example/platform.git', credentialsId: 'platform-git']])
      }
    }

    // A repository that cannot be read makes the build yellow, and keeps no other application from its jobs.
    stage('Sync') {
      steps {
        catchError(message: 'Not every application could be read', buildResult: 'UNSTABLE', stageResult: 'UNSTABLE') {
          withEnv(['PK_CONTRACT=1', 'PK_VERB=platform', 'PK_ARGS={"action": "sync", "platform": "acme"}']) {
            sh label: 'pipelinekit platform', script: 'pipelinekit "$PK_VERB" --args-env PK_ARGS'
          }
        }
      }
    }

    stage('Plan') {
      steps {
        withEnv(['PK_CONTRACT=1', 'PK_VERB=jobs', 'PK_ARGS={"action": "plan", "platform": "acme", "out": "plan.json"}']) {
          withCredentials([usernamePassword(credentialsId: 'jenkins-api', usernameVariable: 'PK_JENKINS_USER', passwordVariable: 'PK_JENKINS_PASSWORD')]) {
            sh label: 'pipelinekit jobs', script: 'pipelinekit "$PK_VERB" --args-env PK_ARGS'
          }
        }
        archiveArtifacts artifacts: 'plan.json'
      }
    }

    // Exactly what the plan above shows; when Jenkins has moved on since, nothing.
    stage('Apply') {
      steps {
        withEnv(['PK_CONTRACT=1', 'PK_VERB=jobs', 'PK_ARGS={"action": "apply", "platform": "acme", "plan": "plan.json"}']) {
          withCredentials([usernamePassword(credentialsId: 'jenkins-api', usernameVariable: 'PK_JENKINS_USER', passwordVariable: 'PK_JENKINS_PASSWORD')]) {
            sh label: 'pipelinekit jobs', script: 'pipelinekit "$PK_VERB" --args-env PK_ARGS'
          }
        }
      }
    }
  }
}
