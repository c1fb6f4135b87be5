/** Push the image to the registry. All that it decides is decided by `pipelinekit push`. */
void call(Map args = [:]) {
    pkExec('push', args)
}
