// Rolls out the components of the platform. Generated; `pipelinekit jobs apply` updates it.
// It loads no shared library: what holds the clusters' kubeconfigs is this text, and no tag or branch can change it.
// Parameters are in the job's configuration.
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
    timeout(time: 8, unit: 'HOURS')
    skipDefaultCheckout()
  }

  stages {
    stage('Platform') {
      steps {
        // What an earlier build has left on this agent is none of this one's.
        writeFile file: '.pipelinekit-summary', text: ''
        checkout scmGit(branches: [[name: 'main']], userRemoteConfigs: [[url: 'https://git.acme.example/platform.git', credentialsId: 'platform-git']])
      }
    }

    // What one component is refused keeps no other from being rolled out, and the build is red all the same.
    stage('Plan') {
      steps {
        catchError(message: 'Not everything would be rolled out: see above', buildResult: 'FAILURE', stageResult: 'FAILURE') {
          script {
            pipelinekit(which('plan') + summary())
          }
        }
      }
    }

    stage('Rollout') {
      when {
        expression { !params.PLAN_ONLY }
      }
      stages {
        stage('Deploy') {
          steps {
            script {
              pipelinekit(which('deploy') + summary())
            }
          }
        }

        stage('Verify') {
          steps {
            script {
              pipelinekit(which('verify') + summary())
            }
          }
        }
      }
      post {
        always {
          script {
            pipelinekit(which('status'))
          }
        }
      }
    }
  }

  post {
    always {
      script {
        currentBuild.description = readFile('.pipelinekit-summary').trim()
      }
    }
  }
}

/** One verb, and what it is about. */
Map which(String action) {
  [action: action, platform: 'acme', environment: params.ENVIRONMENT] + (params.FROM ? [start: [params.FROM]] : [:])
}

/** Where a verb tells in a line what became of each component. */
Map summary() {
  [summary: '.pipelinekit-summary']
}

/** Run one verb: arguments travel as JSON in the environment, the shell line is a constant. */
void pipelinekit(Map args) {
  List bindings = [
    usernamePassword(credentialsId: 'nexus-platform', usernameVariable: 'PK_REGISTRY_USER', passwordVariable: 'PK_REGISTRY_PASSWORD'),
    usernamePassword(credentialsId: 'nexus-platform', usernameVariable: 'PK_CHARTS_USER', passwordVariable: 'PK_CHARTS_PASSWORD'),
  ]
  if (params.ENVIRONMENT == 'dev') {
    bindings << file(credentialsId: 'kube-nonprod-platform', variable: 'PK_KUBECONFIG_0')
  }
  if (params.ENVIRONMENT == 'tools') {
    bindings << file(credentialsId: 'kube-prod', variable: 'PK_KUBECONFIG_0')
  }
  withEnv(['PK_CONTRACT=1', 'PK_VERB=platform', 'PK_ARGS=' + groovy.json.JsonOutput.toJson(args)]) {
    withCredentials(bindings) {
      sh label: 'pipelinekit platform ' + args.action, script: 'pipelinekit "$PK_VERB" --args-env PK_ARGS'
    }
  }
}
