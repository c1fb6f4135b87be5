"""Where a component says what its pods pull."""

from __future__ import annotations

from pipelinekit.reading.chart.pulled import written
from pipelinekit.reading.document.source import parse

DOCUMENT = """metadata: {name: nexus}
archive: {name: nexus}
images:
- quay.io/a/b:1
"""
OWN = """image:
  registry: docker.io
  repository: a/b
  tag: "1"
ingress: {host: nexus.example.com}
"""
THEIRS = """image: {registry: nexus.example.com:5000}
sidecars:
- image: nexus.example.com/c
exporter: {imageRegistry: null}
"""


def test_the_list_and_the_values_as_they_lie_over_each_other() -> None:
    layers = [(OWN, "own.yaml"), (THEIRS, "theirs.yaml"), ("", "none"), ("- a", "list"), ("a: [", "broken")]
    found = written(parse(DOCUMENT, "component.yaml"), layers)
    assert {word: str(place) for word, place in found.items()} == {
        "": "component.yaml:2:1",
        "quay.io/a/b:1": "component.yaml:4:3",
        "nexus.example.com:5000": "theirs.yaml:1:19",
        "a/b": "own.yaml:3:15",
        "nexus.example.com/c": "theirs.yaml:3:10",
    }
