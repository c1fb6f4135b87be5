/** Says what it is told, `times` times; counts its own calls across the build. */
import groovy.transform.Field

@Field int calls = 0

void call(Map args = [:]) {
    calls++
    for (int i = 0; i < (args.times ?: 1); i++) {
        withEnv(["SAID=${args.text}", "CALL=${calls}"]) {
            sh label: 'say', script: 'printf "%s #%s\\n" "$SAID" "$CALL"'
        }
    }
}
