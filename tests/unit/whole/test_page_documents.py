"""Documents and parts of them that stand on pages are what the schemas take."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
import yaml

from pipelinekit.reading.schema import APP, COMPONENT, PLATFORM, RELEASESET
from tests.pages.blocks import pages

_FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_INDENTED = re.compile(r"(?:^    .*\n)+", re.MULTILINE)
VERSION = "pipelinekit/v1"
SCHEMAS = (APP, PLATFORM, COMPONENT, RELEASESET)


def documents(text: str) -> Iterator[dict[str, Any]]:
    """The indented blocks that begin with a key of ours."""
    keys = {key for schema in SCHEMAS for key in schema["properties"]}
    for block in _INDENTED.findall(_FENCE.sub("", text)):
        part = textwrap.dedent(block)
        first = re.match(r"(\w+):", part)
        if not first or first[1] not in keys:
            continue
        document = yaml.safe_load(part)
        # Kubernetes' objects are checked by Kubernetes.
        if document.get("apiVersion", VERSION) == VERSION:
            yield document


def faults(document: dict[str, Any]) -> list[str]:
    """What its schema does not take, in the words of the one that knows most of its keys."""

    def nearness(schema: dict[str, Any]) -> tuple[int, int]:
        return len(document.keys() - schema["properties"].keys()), len(_faults(document, schema))

    return _faults(document, min(SCHEMAS, key=nearness))


def _faults(document: dict[str, Any], schema: dict[str, Any]) -> list[str]:
    # A part lacks what other parts have, and `…` stands for what is the reader's.
    found = jsonschema.Draft202012Validator(schema).iter_errors(document)
    part = (each for each in found if each.path or each.validator != "required")
    return [f"{each.json_path}: {each.message}" for each in part if "…" not in str(each.instance)]


def test_what_stands_on_a_page_is_valid(pytestconfig: pytest.Config) -> None:
    found = [
        (page.name, each)
        for page in pages(pytestconfig.rootpath)
        # What a chart's page shows are its values.
        if not (page.parent / "values.yaml").exists()
        for each in documents(page.read_text(encoding="utf-8"))
    ]
    assert len(found) > 10
    assert [f"{name}: {why}" for name, each in found for why in faults(each)] == []


def test_what_is_not_valid_is_found() -> None:
    text = "# Page\n\n    images: {registry: a, mirrror: b}\n\n```sh\nls\n```\n\n    a diagram ─►\n"
    assert [why for each in documents(text) for why in faults(each)] == [
        "$.images: Additional properties are not allowed ('mirrror' was unexpected)"
    ]
