"""What a project takes from beside its own folder."""

from __future__ import annotations

import pytest

from pipelinekit.model.repository.services import Service
from pipelinekit.plan.detect.services.outside import built_with, lacking, taken

UV = '[project]\ndependencies = ["lib"]\n[tool.uv.sources]\nlib = { path = "../lib", editable = true }\n'


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("package.json", '{"dependencies": {"lib": "file:../lib", "a": "^1", "b": "file:./b"}}'),
        ("package.json", '{"devDependencies": {"lib": "link:../lib/"}}'),
        ("requirements.txt", "flask\n-e ../lib\n"),
        ("requirements.txt", "../lib[extra] # ours\n"),
        ("requirements-dev.txt", "lib @ file:../lib\n"),
        ("requirements/prod.txt", "--editable=../lib#egg=lib\n"),
        ("requirements.txt", "-r ../lib/requirements.txt\n"),
        ("pyproject.toml", UV),
        ("pyproject.toml", '[tool.poetry.dependencies]\nlib = {path = "../lib", develop = true}\n'),
        ("pyproject.toml", '[tool.poetry.group.dev.dependencies]\nlib = [{path = "../lib"}]\n'),
        ("pyproject.toml", '[project]\ndependencies = ["lib @ file:../lib"]\n'),
        ("Pipfile", '[packages]\nlib = {path = "../lib", editable = true}\n'),
        ("Cargo.toml", '[dependencies]\nlib = { path = "../lib" }\n'),
        ("Cargo.toml", '[target."cfg(unix)".dependencies.lib]\npath = "../lib"\n'),
        ("go.mod", "module a\n\nreplace x/lib => ../lib\n"),
        ("go.work", "go 1.26\n\nuse (\n\t.\n\t../lib\n)\n"),
    ],
)
def test_each_way_to_name_a_folder_beside_its_own(name: str, text: str) -> None:
    texts = {f"api/{name}": text, "lib/requirements.txt": "", "lib/go.mod": ""}
    assert taken(texts, "api") == ("lib",)
    assert taken({name: text}) == ("../lib",)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("package.json", '{"dependencies": {"a": "file:lib", "b": 3, "c": "file:/x"}}'),
        ("package.json", "[1"),
        ("package.json", "[]"),
        ("requirements.txt", "-e .\nflask..\n# ../lib\nhttps://x/../lib\n"),
        ("Cargo.toml", '[dependencies]\na = { path = "lib" }\n'),
        ("Cargo.toml", "a = ["),
        ("go.mod", "replace a => ./lib\n// => x\n"),
    ],
)
def test_what_is_its_own_or_nothing(name: str, text: str) -> None:
    assert taken({f"api/{name}": text}, "api") == ()


def test_what_that_takes_is_taken_too_and_circles_end() -> None:
    texts = {
        "a/api/package.json": '{"dependencies": {"x": "file:../x"}}',
        "a/x/package.json": '{"dependencies": {"y": "file:../../y", "api": "file:../api"}}',
        "y/package.json": '{"dependencies": {"x": "file:../a/x", "z": "file:../../z"}}',
    }
    assert taken(texts, "a/api") == ("../z", "a/x", "y")
    assert "../z" in lacking(("../z",))[0]


def service(path: str, language: str = "node") -> Service:
    return Service(name="api", base=path, folder="", source=path, language=language, port=1, why="w")


@pytest.mark.parametrize(
    ("path", "named", "base", "folder"),
    [
        ("api", "../lib", ".", "api"),
        ("apps/api", "../lib", "apps", "api"),
        ("apps/api", "../../lib", ".", "apps/api"),
        ("apps/api", "../..", ".", "apps/api"),
    ],
)
def test_it_is_built_from_the_folder_that_has_both(path: str, named: str, base: str, folder: str) -> None:
    texts = {f"{path}/package.json": f'{{"dependencies": {{"lib": "file:{named}"}}}}'}
    found = built_with(texts, service(path))
    assert (found.base, found.folder, found.project, found.source) == (base, folder, "folder", path)
    assert found.path == path
    assert "it takes" in found.why


def test_what_stands_alone_or_is_built_otherwise_stays_as_it_is() -> None:
    beyond = {"api/package.json": '{"dependencies": {"lib": "file:../../lib"}}'}
    assert built_with(beyond, service("api")) == service("api")
    beside = {"api/package.json": '{"dependencies": {"lib": "file:../lib"}}'}
    assert built_with(beside, service("api", "ruby")) == service("api", "ruby")
    assert built_with({**beside, "api/Dockerfile": ""}, service("api")) == service("api")
