/** Binds a registry's credentials around one shell command. */
void call(Map args = [:]) {
    withCredentials([usernamePassword(credentialsId: args.credentialsId,
            usernameVariable: 'PK_USER', passwordVariable: 'PK_PASSWORD')]) {
        sh 'echo "login $PK_USER $PK_PASSWORD"'
    }
}
