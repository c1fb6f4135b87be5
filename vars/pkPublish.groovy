/** Publish the chart to the chart repository. All that it decides is decided by `pipelinekit publish`. */
void call(Map args = [:]) {
    pkExec('publish', args)
}
