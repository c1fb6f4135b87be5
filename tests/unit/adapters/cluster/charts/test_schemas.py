"""A chart whose schema leads to a server is refused before Helm is begun: no process is, in these tests."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelinekit.adapters.cluster.charts.helm import Helm
from pipelinekit.adapters.cluster.charts.linting import Linter
from pipelinekit.adapters.cluster.charts.schemas import Schemas
from pipelinekit.errors import DocumentInvalid
from tests import examples

REMOTE = json.dumps({"properties": {"a": {"$ref": "http://127.0.0.1:1/a.json"}}})
LOCAL = json.dumps({"$ref": "#/$defs/a", "$defs": {"a": {}}})


def packed(**members: bytes | str) -> bytes:
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w:gz") as target:
        for name, content in members.items():
            data = content if isinstance(content, bytes) else content.encode()
            info = tarfile.TarInfo(f"web/{name}")
            info.size = len(data)
            target.addfile(info, io.BytesIO(data))
    return written.getvalue()


def folder(at: Path, **members: bytes | str) -> Path:
    for name, content in members.items():
        path = at / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return at


def archive(at: Path, **members: bytes | str) -> Path:
    path = at / "web-1.0.0.tgz"
    path.write_bytes(packed(**members))
    return path


NAME = "values.schema.json"


@pytest.mark.parametrize("made", [folder, archive])
@pytest.mark.parametrize(
    ("members", "is_refused"),
    [
        ({NAME: REMOTE}, True),
        ({f"charts/inner/{NAME}": REMOTE}, True),
        ({f"charts/inner/charts/core/{NAME}": REMOTE}, True),
        ({"charts/inner-1.0.0.tgz": packed(**{NAME: REMOTE})}, True),
        ({"charts/a.tgz": packed(**{"charts/b.tgz": packed(**{NAME: REMOTE})})}, True),
        ({NAME: LOCAL, f"charts/inner/{NAME}": LOCAL}, False),
        ({f"files/{NAME}": REMOTE}, False),
        ({"charts/broken.tgz": b"no archive"}, False),
        ({NAME: "{"}, False),
    ],
)
def test_schemas_of_a_chart_and_of_those_in_it(
    made: Callable[..., Path], members: dict[str, bytes | str], is_refused: bool, tmp_path: Path
) -> None:
    chart = made(tmp_path, **members)
    looked = Schemas()
    if not is_refused:
        looked.require_local(chart)
        looked.require_local(chart)
        return
    with pytest.raises(DocumentInvalid, match=r"refers to http://127\.0\.0\.1:1/a\.json"):
        looked.require_local(chart)


def test_neither_linter_nor_renderer_nor_installation_begins(tmp_path: Path) -> None:
    chart = folder(tmp_path / "chart", **{NAME: REMOTE, "Chart.yaml": "name: web\nversion: 1.0.0\n"})
    made, target, helm = archive(tmp_path, **{NAME: REMOTE}), examples.target(), Helm({})
    for act in (
        lambda: Linter().lint(chart, "{}"),
        lambda: helm.render(made, target, ()),
        lambda: helm.preview(target, made, ()),
        lambda: helm.install(target, made, (), timeout=1, hopeless=lambda: False),
    ):
        with pytest.raises(DocumentInvalid, match="schema refers to"):
            act()
    Linter().lint_together([(chart, "{}")])


def test_what_is_there_by_now_is_looked_at_anew(tmp_path: Path) -> None:
    looked = Schemas()
    made = archive(tmp_path, **{NAME: LOCAL})
    looked.require_local(made)
    archive(tmp_path, **{NAME: REMOTE, "more": "x" * 100})
    with pytest.raises(DocumentInvalid):
        looked.require_local(made)
    looked.require_local(tmp_path / "nothing.tgz")
