"""`set` of draft.toml: what `helm --set` makes of a line is what we make of it."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from pipelinekit.errors import DocumentInvalid
from pipelinekit.reading.draft.sets import read_sets
from tests.charts.helm import Helm

LINES = (
    "a={}",
    "a={,}",
    "a={1,null,true}",
    r"a={x\,y,z\}}",
    "a={1},b=2",
    "a={1}b=2",
    "a={1,2}x",
    "a={1",
    "a=x{1,2}",
    "a={{1,2},{3}}",
    "a[0]={1,2},b=2",
    "a[0][1]=x,a[0][0]=y",
    "a[0][1].b[2]=x",
    "a[0]=x,a[0].c=2",
    "a[0]=1,a[0][0]=2",
    "a[0]=1,a.b=2",
    "a=1,a.b=2",
    "a[+1]=2",
    "a[01]=2",
    "a[1 ]=2",
    "a[-1]=2",
    "a[0]x=2",
    "a.b=1,a=null,a.c=2",
    "a=null,a[0]=1",
    "a[1]=1,a[0][0]=2",
    "a=TRUE,b=False,c=Null",
    r"a=\true",
    r"a=\1",
    "a=+5,b=-05,c=-0,d=007,e=0,f=1_000",
    "a=9223372036854775807,b=9223372036854775808,c=-9223372036854775808",
    "a=1.5,b=1e3,c= 5,d=",
    "a=,b=1",
    "a=1,",
    "a=1,,b=2",
    "a",
    "",
    ",",
    r"a\=b=c",
    r"a\.b=x,c\,d=y,e\[0]=z",
    r"a=x\\y",
    "a=b\\",
    "a\\",
    "a=x=y",
    "a=[]",
    'a="x,y"',
    "a=²,b=٣",
    ".".join("abcdefghij" * 3) + "=1",
    ".".join("abcdefghij" * 4) + "=1",
)
SAID_INSTEAD = {
    "=x": "no name of a value",
    ".a=1": "no name of a value",
    "[0]=1": "no name of a value",
    "a=1, b=2": "would be part of it",
}
"""What Helm passes over in silence, or takes as nobody means it: said here."""


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A chart that shows its values."""
    folder = tmp_path_factory.mktemp("sets") / "shown"
    (folder / "templates").mkdir(parents=True)
    (folder / "Chart.yaml").write_text("apiVersion: v2\nname: shown\nversion: 0.1.0\n")
    (folder / "templates/shown.yaml").write_text("shown: {{ .Values | toJson }}\n")
    return folder


def as_helm(helm: Helm, chart: Path, lines: tuple[str, ...]) -> dict[str, Any] | None:
    """The values of the lines; nothing where Helm refuses them."""
    said = helm.run("template", "x", str(chart), *(word for line in lines for word in ("--set", line)))
    return _without_nothing(json.loads(said.out.partition("shown: ")[2])) if said.code == 0 else None


def as_ours(lines: tuple[str, ...]) -> dict[str, Any] | None:
    try:
        found = read_sets(lines, "draft.toml")
    except DocumentInvalid:
        return None
    return _without_nothing(found)


def _without_nothing(values: dict[str, Any]) -> dict[str, Any]:
    """What is set to nothing takes a chart's own value away; whether the name stays is each Helm's own."""
    return {
        key: _without_nothing(each) if isinstance(each, dict) else each
        for key, each in values.items()
        if each is not None
    }


@pytest.mark.parametrize("line", LINES)
def test_a_line_is_what_helm_makes_of_it(helm: Helm, shown: Path, line: str) -> None:
    assert as_ours((line,)) == as_helm(helm, shown, (line,))


def test_lines_that_chance_has_written_are_what_helm_makes_of_them(helm: Helm, shown: Path) -> None:
    chance = random.Random(15)  # noqa: S311 - a seeded sample
    for _ in range(80):
        parts = [
            chance.choice(("a", "b", "a.b", "a[0]", "a[1]", "b[0].c", "a[0][1]", "a.b[2]", r"a\.b"))
            + "="
            + "".join(
                chance.choice(("x", "1", "{", "}", ",", "\\", "=", ".", "[", "]", "null"))
                for _ in range(chance.randrange(5))
            )
            for _ in range(chance.randrange(1, 4))
        ]
        line = ",".join(parts)
        ours, theirs = as_ours((line,)), as_helm(helm, shown, (line,))
        assert ours == theirs or (ours is None and "no name" in told(line)), line


def test_lines_are_laid_over_each_other(helm: Helm, shown: Path) -> None:
    lines = ("a[0]=1", "a[2]=3", "b.c=1", "b.d={x}", "b.c=null", "a[1].e=f")
    assert as_ours(lines) == as_helm(helm, shown, lines)


@pytest.mark.parametrize("line", SAID_INSTEAD)
def test_what_helm_passes_over_is_said(helm: Helm, shown: Path, line: str) -> None:
    assert as_helm(helm, shown, (line,)) is not None
    assert SAID_INSTEAD[line] in told(line)


def told(line: str) -> str:
    with pytest.raises(DocumentInvalid) as caught:
        read_sets([line], "draft.toml")
    return caught.value.faults[0].problem
