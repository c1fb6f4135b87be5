from __future__ import annotations

import json

import pytest

from pipelinekit.plan.detect import detect
from pipelinekit.plan.detect.ruby import assets
from pipelinekit.plan.detect.signs import Detected

FRONT = json.dumps({"scripts": {"build": "esbuild a.js"}, "devDependencies": {"esbuild": "1"}})


@pytest.mark.parametrize(
    "program",
    [
        {"Gemfile": "gem 'puma'\ngem 'sinatra'", "config.ru": ""},
        {"Gemfile": "gem 'puma'\ngem 'sinatra'", "app.rb": "require 'sinatra'"},
        {"Gemfile": "gem 'webrick'", "app.rb": "WEBrick::HTTPServer.new(Port: 8080)"},
    ],
)
def test_assets_of_a_program_without_rails_are_built(program: dict[str, str]) -> None:
    found = detect({**program, "package.json": FRONT, "yarn.lock": ""})
    assert found is not None
    assert (found.installer.partition("@")[0], found.commands) == ("yarn", ("npm run build",))
    assert found.dependencies is not None
    assert found.dependencies[-2:] == ("package.json", "yarn.lock")


@pytest.mark.parametrize("said", ["", "[]", "{}", '{"scripts": {"lint": "x"}}', '{"scripts": 3}'])
def test_without_a_script_nothing_is(said: str) -> None:
    found = Detected(language="ruby")
    assert assets.scripted({"package.json": said}, found) is found


def test_what_names_nothing_needs_no_node() -> None:
    found = Detected(language="ruby")
    assert assets.built({}, found) is found
