/** Work on the platform's own document. All that it decides is decided by `pipelinekit platform`. */
void call(Map args = [:]) {
    pkExec('platform', args)
}
