/** Run one verb: arguments travel as JSON in the environment, credentials by id, the shell line is a constant. */
void call(String verb, Map args = [:]) {
    List bindings = []
    for (String of in ['REGISTRY', 'CHARTS', 'MIRROR', 'JENKINS', 'PYPI', 'NPM', 'MAVEN', 'GO']) {
        if (args[of.toLowerCase() + 'CredentialsId']) { bindings << usernamePassword(credentialsId: args[of.toLowerCase() + 'CredentialsId'], usernameVariable: 'PK_' + of + '_USER', passwordVariable: 'PK_' + of + '_PASSWORD') }
    }
    for (String id in (args.kubeCredentialsIds ?: [])) { bindings << file(credentialsId: id, variable: 'PK_KUBECONFIG_' + bindings.size()) }
    if (args.signingCredentialsId) { bindings << file(credentialsId: args.signingCredentialsId, variable: 'PK_SIGNING_KEY') }
    if (args.ledgerCredentialsId) { bindings << file(credentialsId: args.ledgerCredentialsId, variable: 'PIPELINEKIT_LEDGER_KEY') }
    if (args.signingPasswordCredentialsId) { bindings << string(credentialsId: args.signingPasswordCredentialsId, variable: 'PK_SIGNING_PASSWORD') }
    for (String id in (args.secretCredentialsIds ?: [])) { bindings << string(credentialsId: id, variable: 'PK_SECRET_' + id.toUpperCase().replace('-', '_').replace('.', '_')) }
    withEnv(['PK_CONTRACT=1', 'PK_VERB=' + verb, 'PK_ARGS=' + groovy.json.JsonOutput.toJson(args)]) { withCredentials(bindings) {
        sh label: 'pipelinekit ' + verb, script: 'pipelinekit "$PK_VERB" --args-env PK_ARGS'
    } }
}
