// Promotes a recorded release. Generated; `pipelinekit jobs apply` updates it.
// It loads no shared library: what holds the key of the folder of releases is this text, and no tag or branch can
// change it. Parameters and timer are in the job's configuration.
pipeline {
  agent none

  options {
    buildDiscarder(logRotator(numToKeepStr: '200'))
    timeout(time: 72, unit: 'HOURS')
    skipDefaultCheckout()
  }

  stages {
    stage('Plan') {
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
          pipelinekit('promote', release() + wishes() + [planOnly: true, asks: '.pipelinekit-asks'], starter())
          List told = readFile('.pipelinekit-asks').trim().tokenize('\n')
          env.PK_PLAN = told[0].tokenize()[0]
          env.PK_SHOWN = told[1]
          env.PK_ASKS = told[0]
        }
      }
    }

    stage('Approval 1') {
      // Condition and question come before the agent: none is held while somebody thinks.
      when {
        beforeInput true
        expression { (env.PK_ASKS ?: '').contains('ask-1') }
      }
      input {
        message 'Do you approve what the stage Plan shows?'
        id 'ask-1'
        ok 'Approve'
        submitterParameter 'PIPELINEKIT_JENKINS_USER'
      }
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
          pipelinekit('approve', release() + expected(), env.PIPELINEKIT_JENKINS_USER ?: '')
        }
      }
    }

    stage('Promote') {
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
          // From here on the promotion itself records how it ends.
          env.PK_ASKS = ''
          pipelinekit('promote', release() + wishes() + expected(), starter())
        }
      }
    }

  }

  post {
    // Who says no to a question aborts the build, and so does its time limit: that is recorded.
    aborted {
      script {
        if (env.PK_ASKS?.contains('ask-1')) {
          podTemplate(namespace: 'jenkins-agents', yaml: '''apiVersion: v1
kind: Pod
spec:
  automountServiceAccountToken: false
  containers: [{name: pipelinekit, image: "nexus.acme.example:5000/agent:1.4.0", command: [sleep], args: [infinity], securityContext: {runAsUser: 0, allowPrivilegeEscalation: false, capabilities: {drop: [ALL], add: [CHOWN, DAC_OVERRIDE, FOWNER, SETFCAP, SETGID, SETUID]}, seccompProfile: {type: Unconfined}, appArmorProfile: {type: Unconfined}}}]
''') {
            node(POD_LABEL) {
              container('pipelinekit') {
                refuse()
              }
            }
          }
        }
      }
    }
  }
}

/** What is promoted, and where to; the verb judges all of it. */
Map release() {
  [platform: 'acme', environment: params.ENVIRONMENT, reason: params.REASON ?: ''] + (params.SET ? [setFile: params.SET] : [:]) + (params.APPLICATION ? [application: params.APPLICATION + (params.VERSION ? '@' + params.VERSION : '')] : [:])
}

/** How it is promoted. */
Map wishes() {
  [change: params.CHANGE ?: '', takeBack: params.TAKE_BACK == true, downgrade: params.DOWNGRADE == true, emergency: params.EMERGENCY == true]
}

/** The plan that the log shows, and no other; restarted at a later stage a build has shown none, and is refused. */
Map expected() {
  [expect: env.PK_PLAN ?: '', shown: env.PK_SHOWN]
}

/** Record that nobody said yes. */
void refuse() {
  checkout scmGit(branches: [[name: 'main']], userRemoteConfigs: [[url: 'https://git.acme.example/platform.git', credentialsId: 'platform-git']])
  pipelinekit('approve', release() + [refuse: true], '')
}

/** The user who started this build, as the controller knows them; empty where nobody did. */
String starter() {
  List found = currentBuild.getBuildCauses('hudson.model.Cause$UserIdCause')
  found ? found[0].userId ?: '' : ''
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
