/** Build the image. All that it decides is decided by `pipelinekit build`. */
void call(Map args = [:]) {
    pkExec('build', args)
}
