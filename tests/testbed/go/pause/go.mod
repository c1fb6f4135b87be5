module pipelinekit.invalid/testbed/pause

go 1.24.0
