from __future__ import annotations

import ast

import pytest

from pipelinekit.adapters.folder.packaged import templates
from pipelinekit.generators.skeleton import FILES, MEMORY, plan_descriptor, plan_skeleton
from pipelinekit.model.app import LANGUAGES, Build, Language, Process, Resources
from pipelinekit.reading.app import read_app
from pipelinekit.render import render
from tests.hostile.values import HOSTILE


def test_every_language_has_a_skeleton() -> None:
    assert set(FILES) == set(LANGUAGES)


def test_every_template_of_a_skeleton_is_one_of_its_files() -> None:
    there = {name for name in templates() if name.startswith("skeleton/") and name.count("/") > 1}
    used = {each.template for language in LANGUAGES for each in plan_skeleton("orders", language, 80, "1")}
    assert there == used


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_skeleton_names_its_application(language: Language) -> None:
    tree = render(plan_skeleton("order-api", language, 9000, "1.0"), templates())
    assert any("order-api" in each.text for each in tree.values())
    assert len(tree) == len(FILES[language])


def test_a_python_skeleton_is_python_under_a_name_that_can_be_imported() -> None:
    tree = render(plan_skeleton("order-api", "python", 9000, "3.11"), templates())
    for path, file in tree.items():
        if path.endswith(".py"):
            ast.parse(file.text)
    assert "order_api/web.py" in tree
    assert "from order_api.web import" in tree["tests/test_web.py"].text
    assert '"PORT", "9000"' in tree["order_api/__main__.py"].text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["orders", "true", "null", "on", "y"])
def test_the_descriptor_describes_what_was_asked_for(language: Language, name: str) -> None:
    text = render([plan_descriptor(name, name, language, 9000)], templates())["app.yaml"].text
    app = read_app(text)
    assert (app.name, app.team, app.build) == (name, name, Build(language=language))
    assert app.processes == {
        "web": Process(
            name="web",
            port=9000,
            health="/healthz",
            resources=Resources(cpu="50m", memory=MEMORY.get(language, "64Mi")),
        )
    }


def test_a_descriptor_says_what_differs_from_the_defaults() -> None:
    build = {"version": "1.22", "dependencies": [], "test": ["go", "vet"]}
    plan = plan_descriptor("orders", "payments", "go", 80, health="", command=["/app", "-v"], build=build)
    app = read_app(render([plan], templates())["app.yaml"].text)
    assert app.build == Build(language="go", version="1.22", dependencies=(), test=("go", "vet"))
    assert (app.processes["web"].health, app.processes["web"].command) == ("", ("/app", "-v"))


@pytest.mark.parametrize("kind", sorted(set(HOSTILE) - {"NUL", "next line"}))
def test_what_a_repository_says_is_text_in_the_descriptor(kind: str) -> None:
    text, said = HOSTILE[kind], ("run", HOSTILE[kind] or "x")
    plan = plan_descriptor(
        "orders",
        "payments",
        "python",
        80,
        command=said,
        env={"A": text},
        processes={"true": said},
        before={"on": said},
        doubts=(text,),
    )
    written = render([plan], templates())["app.yaml"].text
    app = read_app(written)
    web, beside = app.processes["web"], app.processes["true"]
    assert (web.command, dict(web.env), beside.command, beside.port) == (said, {"A": text}, said, None)
    assert dict(app.before) == {"on": said}
    assert [each.partition(":")[0] for each in written.splitlines() if each.startswith("#")][1:] == [
        "# to check"
    ]


def test_a_guess_is_called_one() -> None:
    written = render([plan_descriptor("a", "b", "go", 80, memory="2Gi")], templates())["app.yaml"].text
    assert "# The memory is a guess by the runtime: measure it.\n  resources:" in written
    assert read_app(written).processes["web"].resources.memory == "2Gi"
