/** Bring the generated files up to date; your edits stay. All that it decides is decided by `pipelinekit generate`. */
void call(Map args = [:]) {
    pkExec('generate', args)
}
