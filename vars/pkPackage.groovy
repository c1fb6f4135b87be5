/** Package the chart around the pushed image. All that it decides is decided by `pipelinekit package`. */
void call(Map args = [:]) {
    pkExec('package', args)
}
