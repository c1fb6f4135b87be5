"""Documents with their faults marked, for the tests of their reading."""

from __future__ import annotations

import pytest

from pipelinekit.errors import DocumentInvalid
from pipelinekit.reading.platform.document import read_platform
from tests.documents import unmarked

HEAD = """\
apiVersion: pipelinekit/v1
kind: Platform
metadata: {name: acme}
images: {registry: "r:5000"}
charts: {repository: "oci://r:5000/charts"}
"""
CLUSTERS = "clusters: [{name: nonprod}, {name: prod}]\n"
DEV = "{name: dev, cluster: nonprod, namespace: '{team}-dev'}"


GROUP = "groups: [{name: g, people: []}]\n"


def platform(*environments: str, more: str = "") -> str:
    """A document with these environments."""
    return HEAD + CLUSTERS + "environments:\n" + "".join(f"  - {each}\n" for each in environments) + more


def faults(marked: str) -> list[str]:
    """The codes of the faults, which must be where the marks in the text are."""
    text, places = unmarked(marked)
    with pytest.raises(DocumentInvalid) as caught:
        read_platform(text)
    assert [str(each.place) for each in caught.value.faults] == [f"platform.yaml:{each}" for each in places]
    return [each.code for each in caught.value.faults]


def hints(text: str) -> list[str]:
    with pytest.raises(DocumentInvalid) as caught:
        read_platform(text)
    return [each.hint for each in caught.value.faults]
