/** Deploy the published chart and wait until it is ready. All that it decides is decided by `pipelinekit deploy`. */
void call(Map args = [:]) {
    pkExec('deploy', args)
}
