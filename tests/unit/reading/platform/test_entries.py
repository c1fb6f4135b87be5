"""What an entry of `components` says that is said elsewhere."""

from __future__ import annotations

import pytest

from pipelinekit.errors import DocumentInvalid, Fault
from pipelinekit.reading.platform.document import read_platform

TEXT = """apiVersion: pipelinekit/v1
kind: Platform
metadata: {name: acme}
images: {registry: r:5000}
charts: {repository: "oci://r:5000/charts"}
clusters: [{name: one}]
environments: [{name: dev, cluster: one, namespace: x}]
components: [{name: web, %s}]
"""


def fault(text: str) -> Fault:
    with pytest.raises(DocumentInvalid) as told:
        read_platform(TEXT % text)
    (found,) = told.value.faults
    return found


def test_a_namespace_is_led_to_where_it_is_said() -> None:
    found = fault("namespace: db")
    assert (found.code, found.path) == ("unknown-key", "components[0].namespace")
    assert str(found.place) == "platform.yaml:8:26"
    assert found.hint.startswith("platform-charts/web/component.yaml says it: policies, Secrets")


@pytest.mark.parametrize("key", ["chart: x", "needs: [a]", "version: {}", "archive: {}"])
def test_so_is_every_key_of_a_components_own_document(key: str) -> None:
    assert fault(key).hint == "it stands in the component's own document, platform-charts/web/component.yaml"


def test_another_unknown_key_has_the_nearest_one_of_an_entry() -> None:
    assert fault("valuez: a.yaml").hint == "did you mean 'values'?"


def test_a_component_cannot_be_called_all() -> None:
    with pytest.raises(DocumentInvalid) as told:
        read_platform((TEXT % "enabled: true").replace("name: web", "name: all"))
    assert [each.code for each in told.value.faults] == ["component-name"]
