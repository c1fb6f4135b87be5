"""What a component wants of the platform's values is told before anything is rendered, at its entry."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelinekit.cli.platform.components.parts import components
from pipelinekit.errors import Fault
from pipelinekit.reading.platform.document import read_platform_with_places
from tests.unit.cli.platform.components.test_named import COMPONENT, PLATFORM

WANTS = "wants: [{value: /key/secret, what: a key}]\n"
ENTRY = "  - {name: web, values: mine.yaml}\n"


LACKS = "value-wanted: 'web' is on, and a key is not given: `key.secret` in {}, or enabled: false here"
MINE = [LACKS.format("mine.yaml")]


@pytest.mark.parametrize(
    ("mine", "own", "entry", "expected"),
    [
        ("key: {secret: mine}\n", "", ENTRY, []),
        ("key: {other: mine}\n", "key: {secret: x}\n", ENTRY, []),
        ("key: {secret: }\n", "key: {secret: x}\n", ENTRY, MINE),
        ("", "", ENTRY, MINE),
        ("", "", "  - {name: web}\n", [LACKS.format("the file that values: names")]),
        ("", "", "  - {name: web, enabled: false}\n", []),
    ],
)
def test_what_is_wanted_and_nobody_gives(
    tmp_path: Path, mine: str, own: str, entry: str, expected: list[str]
) -> None:
    assert [
        f"{each.code}: {each.problem}: {each.hint}" for each in told(tmp_path, mine, own, entry)
    ] == expected


def test_values_that_cannot_be_read_are_told_alone(tmp_path: Path) -> None:
    assert [each.code for each in told(tmp_path, "key: [\n", "", ENTRY)] == ["yaml-syntax"]


def told(folder: Path, mine: str, own: str, entry: str) -> tuple[Fault, ...]:
    web = folder / "platform-charts" / "web"
    (web / "here").mkdir(parents=True)
    (web / "here" / "Chart.yaml").write_text("apiVersion: v2\nname: web\nversion: 1.0.0\n")
    (web / "component.yaml").write_text(f"{COMPONENT}chart: here\nvalues: own.yaml\n{WANTS}")
    (web / "own.yaml").write_text(own)
    (folder / "mine.yaml").write_text(mine)
    platform, source = read_platform_with_places(f"{PLATFORM}{entry}", "p.yaml")
    return components(platform, source, folder).faults
