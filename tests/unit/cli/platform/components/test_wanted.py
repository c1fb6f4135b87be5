"""What a component wants of the platform's values is told before anything is rendered, at its entry."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelinekit.cli.platform.components.parts import components
from pipelinekit.errors import Fault
from pipelinekit.reading.platform.document import read_platform_with_places
from tests.unit.cli.platform.components.test_named import COMPONENT, PLATFORM

WANTS = "wants: [{value: /key/secret, what: a key}]\n"
IMAGES = (
    "wants: [{value: /image/digest, what: a digest}, "
    "{value: /metrics/digest, what: another, when: /metrics/enabled}, "
    "{value: /registry, what: a registry, unless: [/mirror]}]\n"
)
ENTRY = "  - {name: web, values: mine.yaml}\n"


LACKS = "value-wanted: 'web' is on, and a key is not given: `key.secret` in {}, or enabled: false here"
MINE = [LACKS.format("mine.yaml")]
HERE = [MINE[0].replace("here", "in platform.yaml")]
"""What is there and is empty is told where it stands."""


@pytest.mark.parametrize(
    ("mine", "own", "entry", "expected"),
    [
        ("key: {secret: mine}\n", "", ENTRY, []),
        ("key: {other: mine}\n", "key: {secret: x}\n", ENTRY, []),
        ("key: {secret: }\n", "key: {secret: x}\n", ENTRY, HERE),
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


@pytest.mark.parametrize(
    ("mine", "expected"),
    [
        ("image: {digest: x}\nregistry: r\n", []),
        ("image: {digest: x}\nmirror: m\nregistry: ''\n", []),
        ("registry: r\nimage:\n  digest: ''\n", ["mine.yaml:3:3 image.digest"]),
        ("registry: r\n", ["p.yaml:9:6 components[0].name"]),
        ("image: {digest: x}\nregistry: r\nmetrics: {enabled: true}\n", ["p.yaml:9:6 components[0].name"]),
        ("image: {digest: x}\nregistry: r\nmetrics: {enabled: true, digest: y}\n", []),
        ("image: {digest: x}\n", ["p.yaml:9:6 components[0].name"]),
    ],
)
def test_what_is_wanted_only_beside_another_word(tmp_path: Path, mine: str, expected: list[str]) -> None:
    found = told(tmp_path, mine, "", ENTRY, IMAGES)
    assert [f"{each.place} {each.path}".replace(f"{tmp_path}/", "") for each in found] == expected


def test_what_the_chart_itself_has_on_wants_as_much(tmp_path: Path) -> None:
    default = "metrics: {enabled: true}\n"
    found = told(tmp_path, "image: {digest: x}\nregistry: r\n", "", ENTRY, IMAGES, default)
    assert [each.problem for each in found] == ["'web' is on, and another is not given"]
    assert "`metrics.digest: sha256:…` in mine.yaml, as `pipelinekit registry copy" in found[0].hint


def test_values_that_are_not_there_are_told_alone(tmp_path: Path) -> None:
    found = told(tmp_path, "", "", "  - {name: web, values: yours.yaml}\n")
    assert [each.code for each in found] == ["values-missing"]


def told(
    folder: Path, mine: str, own: str, entry: str, wants: str = WANTS, default: str = ""
) -> tuple[Fault, ...]:
    web = folder / "platform-charts" / "web"
    (web / "here").mkdir(parents=True)
    (web / "here" / "Chart.yaml").write_text("apiVersion: v2\nname: web\nversion: 1.0.0\n")
    (web / "component.yaml").write_text(f"{COMPONENT}chart: here\nvalues: own.yaml\n{wants}")
    (web / "here" / "values.yaml").write_text(default)
    (web / "own.yaml").write_text(own)
    (folder / "mine.yaml").write_text(mine)
    platform, source = read_platform_with_places(f"{PLATFORM}{entry}", "p.yaml")
    found = components(platform, source, folder)
    return (*found.faults, *found.wanted)
