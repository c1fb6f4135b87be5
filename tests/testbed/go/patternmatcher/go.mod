module pipelinekit.dev/tests/patternmatcher

go 1.23

require github.com/moby/patternmatcher v0.6.0
