/** Run the chart's tests against the deployment. All that it decides is decided by `pipelinekit verify`. */
void call(Map args = [:]) {
    pkExec('verify', args)
}
