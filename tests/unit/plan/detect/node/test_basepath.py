from __future__ import annotations

import json

import pytest

from pipelinekit.plan.detect.node import basepath
from pipelinekit.plan.detect.node.package import read


def said(texts: dict[str, str], build: str = "vite build", **more: str) -> str:
    text = json.dumps({"scripts": {"build": build}, "devDependencies": {"vite": "6"}, **more})
    return basepath.doubt({**texts, "package.json": text}, read(text))


@pytest.mark.parametrize(
    ("texts", "path"),
    [
        ({"vite.config.ts": "export default { base: '/app/' }"}, "/app/"),
        ({"vite.config.ts": "base: mode === 'production' ? '/app/' : '/'"}, "/app/"),
        (
            {"vite.config.ts": "const base = E ?? '/app/'\nexport default { base, x: 1 }"},
            "/app/",
        ),
        ({"vite.config.ts": "const at: string = '/app/'\nexport default { plugins: [], base: at }"}, "/app/"),
        ({"docs/.vitepress/config.mts": 'base: "/docs/",'}, "/docs/"),
        ({"svelte.config.js": "paths: { base: '/app' }"}, "/app"),
        ({"next.config.mjs": "output: 'export',\nbasePath: '/shop'"}, "/shop"),
        ({"vue.config.js": "publicPath: 'https://example.com/ui/'"}, "/ui/"),
        ({"docusaurus.config.js": "baseUrl: '/site/',"}, "/site/"),
    ],
)
def test_a_path_of_its_own_is_told(texts: dict[str, str], path: str) -> None:
    assert f"below {path}," in said(texts)


@pytest.mark.parametrize(
    "text",
    [
        "base: '/'",
        "base: './'",
        "base: ''",
        "base: x",
        "database: '/x/y'",
        "base:\n'/x/'",
        "const x = '/x/'\nbase: y",
        "const base = '/'\nexport default { base }",
        "const base = '/x/'",
    ],
)
def test_the_top_is_none(text: str) -> None:
    assert said({"vite.config.ts": text}) == ""


def test_a_flag_of_the_build_and_a_homepage() -> None:
    assert "below /ui/," in said({}, "ng build --base-href /ui/")
    more = {"homepage": "https://example.com/ui", "dependencies": {"react-scripts": "5"}}
    text = json.dumps(more)
    assert "below /ui," in basepath.doubt({"package.json": text}, read(text))
    assert said({}, homepage="https://example.com/ui") == ""
