"""Variables that a build writes into the pages."""

from __future__ import annotations

import pytest

from pipelinekit.plan.detect.needs.baked import marked
from pipelinekit.plan.detect.secret import MOST
from pipelinekit.plan.detect.signs import Detected

NODE = Detected(language="node")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("DATABASE_URL=\nNEXT_PUBLIC_API=\nexport VITE_KEY=x\nVITE_KEY=y\n", "NEXT_PUBLIC_API VITE_KEY"),
        ("# NEXT_PUBLIC_API=\nPUBLICITY=1\n", ""),
        ("", ""),
    ],
)
def test_those_that_an_example_names_are_told(text: str, named: str) -> None:
    (*doubts,) = marked(NODE, {".env.example": text}).doubts
    assert [f".env.example names {named}, which" in each for each in doubts] == ([True] if named else [])


def test_only_what_is_built_here_asks_for_them() -> None:
    texts = {".env.dist": "VITE_A=\n"}
    assert marked(NODE, texts).doubts
    for other in (Detected(language="python"), Detected(language="node", keeps_dockerfile=True)):
        assert marked(other, texts) == other


def test_there_is_an_end_to_names() -> None:
    text = "".join(f"VITE_A{each}=\n" for each in range(MOST + 2))
    assert "and 2 more" in marked(NODE, {".env.example": text}).doubts[0]


def test_a_members_example_is_read_where_it_is() -> None:
    assert (
        "apps/web/.env.example names VITE_A,"
        in marked(NODE, {"apps/web/.env.example": "VITE_A=\n"}).doubts[0]
    )


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("fetch(import.meta.env.VITE_API)", "VITE_API"),
        ("process.env.NEXT_PUBLIC_API!;\nprocess.env.NEXT_PUBLIC_B;", "NEXT_PUBLIC_API NEXT_PUBLIC_B"),
        ("const a = process.env.REACT_APP_A || 'x'", ""),
        ("import.meta.env.VITE_A\n  ?? 'x'", ""),
        ("process.env.PUBLIC_URL + import.meta.env.MODE + process.env.PORT", ""),
    ],
)  # fmt: skip
def test_those_that_the_source_reads_and_has_no_default_for(text: str, named: str) -> None:
    (*doubts,) = marked(NODE, {"src/b.test.ts": "env.VITE_TEST", "src/a.tsx": text}).doubts
    assert [f"src/a.tsx reads {named}, which" in each for each in doubts] == ([True] if named else [])


def test_a_file_of_theirs_gives_what_the_source_reads() -> None:
    texts = {"src/a.ts": "import.meta.env.VITE_API", ".env.production": ""}
    assert marked(NODE, texts).doubts == ()
