"""What Helm's linter has passed and what Helm has packed, it is not asked for again; anything else it is."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from pipelinekit.adapters.cluster.charts import linting, packing
from pipelinekit.errors import ToolFailed

CHART = """\
apiVersion: v2
name: orders
version: "{version}"
annotations:
  pipelinekit.dev/revision: "{revision}"
  pipelinekit.dev/image: "payments/orders@sha256:{digest}"
"""
VALUES = "image: {{digest: sha256:{digest}}}\n"
FIRST = {"version": "1.0.0", "revision": "a" * 40, "digest": "1" * 64}
NEXT = {"version": "1.0.1-pr.7+x", "revision": "b" * 40, "digest": "2" * 64}


@pytest.fixture
def asked(testbed: Mapping[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What Helm was asked to lint; with a cache of its own."""
    monkeypatch.setenv("PATH", testbed["PATH"])
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    made: list[object] = []
    lint = linting.Linter._lint

    def counted(self: linting.Linter, *given: object) -> None:
        made.append(given)
        lint(self, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(linting.Linter, "_lint", counted)
    return made


def passed(folder: Path, names: Mapping[str, str], template: str = "", **more: str) -> None:
    """Lint such a chart, in a process that remembers nothing."""
    texts = {"Chart.yaml": CHART, "values.yaml": VALUES}
    (folder / "templates").mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text.format(**names) + more.get(name[:5].lower(), ""))
    (folder / "templates/config.yaml").write_text(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: orders}\n" + template
    )
    linting.Linter().lint(folder, '{"environment": "dev"}')


def test_another_release_of_the_same_chart_is_not_linted_again(asked: list[object], tmp_path: Path) -> None:
    passed(tmp_path / "orders", FIRST)
    first = len(asked)
    assert first
    passed(tmp_path / "orders", NEXT)
    assert len(asked) == first


@pytest.mark.parametrize(
    "more", [{"template": "data: {a: b}\n"}, {"chart": "description: x\n"}, {"value": "a: b\n"}]
)
def test_another_chart_is(asked: list[object], tmp_path: Path, more: dict[str, str]) -> None:
    passed(tmp_path / "orders", FIRST)
    first = len(asked)
    passed(tmp_path / "orders", NEXT, **more)
    assert len(asked) == 2 * first


@pytest.mark.parametrize(
    "template",
    [
        '{{ if semverCompare ">=1.0.1-0" .Chart.Version }}\ndata: [\n{{ end }}\n',
        '{{- if eq $.Chart.AppVersion "1.0.1-pr.7+x" }}\ndata: [\n{{ end }}\n',
        '{{ $version := .Chart.Version }}{{ if hasPrefix "1.0.1" $version }}\ndata: [\n{{ end }}\n',
    ],
)
def test_what_depends_on_the_release_is_linted_for_each(
    asked: list[object], tmp_path: Path, template: str
) -> None:
    passed(tmp_path / "orders", FIRST, template, chart='appVersion: "1.0.0"\n')
    with pytest.raises(ToolFailed):
        passed(tmp_path / "orders", NEXT, template, chart='appVersion: "1.0.1-pr.7+x"\n')


def test_another_helm_is_asked_again(
    asked: list[object], testbed: Mapping[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    passed(tmp_path / "orders", FIRST)
    first = len(asked)
    mine = tmp_path / "bin"
    mine.mkdir()
    (mine / "helm").write_text('#!/bin/sh\nPATH=${PATH#*:} exec helm "$@"\n')
    (mine / "helm").chmod(0o755)
    monkeypatch.setenv("PATH", f"{mine}:{testbed['PATH']}")
    passed(tmp_path / "orders", FIRST)
    assert len(asked) == 2 * first


def test_what_was_refused_is_refused_again(asked: list[object], tmp_path: Path) -> None:
    for _ in range(2):
        with pytest.raises(ToolFailed):
            passed(tmp_path / "orders", FIRST, template="{{ if }}\n")
    assert asked


def chart_of(folder: Path, names: Mapping[str, str], values: str = "", *, template: str = "") -> Path:
    (folder / "templates").mkdir(parents=True, exist_ok=True)
    (folder / "Chart.yaml").write_text(CHART.format(**{**names, "version": "1.0.0"}))
    (folder / "values.yaml").write_text(VALUES.format(**names) + values)
    (folder / "templates/config.yaml").write_text(f"# {template}\n")
    (folder / ".helmignore").write_text("*.bak\n")
    (folder / "old.bak").write_text("not in it\n")
    return folder


@pytest.fixture
def packed(testbed: Mapping[str, str], monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What Helm itself was asked to pack."""
    monkeypatch.setenv("PATH", testbed["PATH"])
    made: list[object] = []
    pack = packing._packed

    def counted(chart: Path) -> object:
        made.append(chart)
        return pack(chart)

    monkeypatch.setattr(packing, "_packed", counted)
    return made


def test_a_chart_with_another_digest_is_packed_as_helm_packs_it(packed: list[object], tmp_path: Path) -> None:
    packer = packing.Packer()
    packer.pack(chart_of(tmp_path / "orders", FIRST))
    other = chart_of(tmp_path / "orders", {**FIRST, "digest": NEXT["digest"]})
    made = packer.pack(other)
    assert len(packed) == 1
    assert made == packing.Packer().pack(other)
    assert len(packed) == 2
    assert made[0] == "orders-1.0.0.tgz"


@pytest.mark.parametrize(
    ("names", "values", "template"),
    [
        ({"revision": "c" * 40}, "", ""),
        ({}, "a: b\n", ""),
        ({}, "", "changed"),
        ({}, f"more: sha256:{'1' * 64}\n", ""),
    ],
)
def test_any_other_chart_helm_packs_itself(
    packed: list[object], tmp_path: Path, names: dict[str, str], values: str, template: str
) -> None:
    packer = packing.Packer()
    packer.pack(chart_of(tmp_path / "orders", FIRST))
    packer.pack(chart_of(tmp_path / "orders", {**FIRST, **names}, values, template=template))
    assert len(packed) == 2
