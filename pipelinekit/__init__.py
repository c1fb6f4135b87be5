"""pipelinekit: delivery pipelines on Jenkins and Kubernetes, generated from one short descriptor."""

__version__ = "0.1.0"
