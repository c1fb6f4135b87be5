/** Run the tests in the image's test stage. All that it decides is decided by `pipelinekit test`. */
void call(Map args = [:]) {
    pkExec('test', args)
}
