module pipelinekit.dev/tests/expansion

go 1.23

require github.com/moby/buildkit v0.20.0

require github.com/pkg/errors v0.9.1 // indirect
