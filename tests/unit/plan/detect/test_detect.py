from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelinekit.generators.languages import DEFAULTS
from pipelinekit.plan.detect import LOOKS, detect
from tests import lookalikes


def test_a_monorepo_is_no_application() -> None:
    assert detect(lookalikes.MONOREPO) is None


def test_nothing_is_found_where_nothing_is() -> None:
    assert detect({"README.md": "# hello", "src/notes.txt": ""}) is None


def test_every_language_is_looked_for() -> None:
    layouts = "GO CARGO SPRING GRADLE DOTNET FLASK EXPRESS RUBY PHP STATIC OTHER"
    shown = [getattr(lookalikes, name) for name in layouts.split()]
    found = [detect(each) for each in shown]
    assert {each.language for each in found if each} == set(DEFAULTS)
    assert len(LOOKS) == len(DEFAULTS)


def test_the_surer_sign_counts() -> None:
    both = {**lookalikes.GO, **lookalikes.EXPRESS, "Dockerfile": "FROM scratch\n"}
    found = detect(both)
    assert found is not None
    assert found.language == "go"


@pytest.mark.parametrize(
    "layout", [name for name in dir(lookalikes) if name.isupper() and name != "MONOREPO"]
)
def test_whatever_is_decided_has_a_reason(layout: str) -> None:
    found = detect(getattr(lookalikes, layout))
    assert found is not None
    said = " ".join(found.evidence)
    for value in (found.version, str(found.port or ""), found.health):
        assert value in said or found.port == 8080, (value, said)


PATHS = st.sampled_from(
    sorted({path for name in dir(lookalikes) if name.isupper() for path in getattr(lookalikes, name)})
)


@given(st.dictionaries(PATHS, st.text(max_size=60), max_size=8))
def test_any_repository_can_be_looked_at(texts: dict[str, str]) -> None:
    found = detect(texts)
    assert found is None or found.language in DEFAULTS
