/** Run one verb: arguments travel as JSON in the environment, credentials by id, the shell line is a constant. */
void call(String verb, Map args = [:]) {
    List bindings = []
    if (args.registryCredentialsId) {
        bindings << usernamePassword(credentialsId: args.registryCredentialsId, usernameVariable: 'PK_REGISTRY_USER', passwordVariable: 'PK_REGISTRY_PASSWORD')
    }
    if (args.chartsCredentialsId) {
        bindings << usernamePassword(credentialsId: args.chartsCredentialsId, usernameVariable: 'PK_CHARTS_USER', passwordVariable: 'PK_CHARTS_PASSWORD')
    }
    for (String id in (args.kubeCredentialsIds ?: [])) {
        bindings << file(credentialsId: id, variable: 'PK_KUBECONFIG_' + bindings.size())
    }
    withEnv(['PK_CONTRACT=1', 'PK_VERB=' + verb, 'PK_ARGS=' + groovy.json.JsonOutput.toJson(args)]) {
        withCredentials(bindings) { sh label: 'pipelinekit ' + verb, script: 'pipelinekit "$PK_VERB" --args-env PK_ARGS' }
    }
}
