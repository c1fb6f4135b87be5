/** Plan, apply and watch the platform's jobs in Jenkins. All that it decides is decided by `pipelinekit jobs`. */
void call(Map args = [:]) {
    pkExec('jobs', args)
}
