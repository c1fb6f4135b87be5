/** Run one verb: arguments travel as JSON in the environment, credentials by id, the shell line is a constant. */
void call(String verb, Map args = [:]) {
    List bindings = []
    for (String of in ['registry', 'charts', 'jenkins']) {
        if (args[of + 'CredentialsId']) {
            String name = 'PK_' + of.toUpperCase()
            bindings << usernamePassword(credentialsId: args[of + 'CredentialsId'], usernameVariable: name + '_USER', passwordVariable: name + '_PASSWORD')
        }
    }
    for (String id in (args.kubeCredentialsIds ?: [])) {
        bindings << file(credentialsId: id, variable: 'PK_KUBECONFIG_' + bindings.size())
    }
    withEnv(['PK_CONTRACT=1', 'PK_VERB=' + verb, 'PK_ARGS=' + groovy.json.JsonOutput.toJson(args)]) { withCredentials(bindings) {
        sh label: 'pipelinekit ' + verb, script: 'pipelinekit "$PK_VERB" --args-env PK_ARGS'
    } }
}
