"""What Helm's linter has passed, it is not asked about again by this user; anything else it is."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from pipelinekit.adapters.cluster.charts import linting
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
