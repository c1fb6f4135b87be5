from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from pipelinekit.cli.draft.here import Draft
from pipelinekit.cli.draft.rise import debugging
from pipelinekit.errors import Refused
from pipelinekit.steps.innerloop.image import Workshop
from pipelinekit.steps.innerloop.release import Chart

TEXT = 'FROM scratch AS program\nCMD ["python", "-m", "app"]\nFROM scratch AS tools\nCMD ["/bin/tool"]\n'


@pytest.mark.parametrize("target", ["program", ""])
def test_the_stage_that_is_built_has_the_debugger(monkeypatch: pytest.MonkeyPatch, target: str) -> None:
    recipe = SimpleNamespace(base="scratch", pinned={}, inputs=SimpleNamespace(args={}))
    monkeypatch.setattr(debugging, "resolve", lambda *_: recipe)
    monkeypatch.setattr(debugging, "_require_place", lambda *_, **__: None)
    monkeypatch.setattr(debugging, "_own", lambda *_: {"processes": {"web": {}}})
    build = SimpleNamespace(target=target, language="python")
    app = SimpleNamespace(build=build)
    here = cast("Draft", SimpleNamespace(plan=SimpleNamespace(app=app), app=app, described=True))
    nothing = dict.fromkeys(("engine", "registry", "secrets"))
    shop = cast("Workshop", SimpleNamespace(sources=SimpleNamespace(dockerfile=lambda: TEXT), **nothing))
    if target:
        debugging.require_able(here, cast("Chart", None), shop)
    else:
        with pytest.raises(Refused, match="tool"):
            debugging.require_able(here, cast("Chart", None), shop)


@pytest.mark.parametrize(
    "text", [b"[" * 100_000, b"\xff", b"[]", b"null", b'{"properties": {"develop": 1}}', b""]
)
def test_a_chart_whose_schema_is_anything_has_no_place_for_a_debugger(tmp_path: Path, text: bytes) -> None:
    (tmp_path / "values.schema.json").write_bytes(text)
    with pytest.raises(Refused, match="no place for a debugger"):
        debugging._require_place(Chart(folder=tmp_path, digest="", values={}), described=True)
