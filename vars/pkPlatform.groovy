/** Work on the platform's document; deploy its components. All that it decides is decided by `pipelinekit platform`. */
void call(Map args = [:]) {
    pkExec('platform', args)
}
