from __future__ import annotations

from typing import Any

import pytest

from pipelinekit.errors import Refused
from pipelinekit.plan.draft.debug import debugged, debuggers, kept, lacking

AGENT = "-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=127.0.0.1:5005"


def own(*command: str, **more: Any) -> dict[str, Any]:
    return {"processes": {"web": {"command": list(command), **more}}}


@pytest.mark.parametrize(
    ("words", "begins"),
    [
        ("python -m orders", "python -m debugpy --listen 127.0.0.1:5678 -m orders"),
        (
            "/venv/bin/python3.11 -X dev -Walways -um orders --fast",
            "/venv/bin/python3.11 -X dev -Walways -u -m debugpy --listen 127.0.0.1:5678 -m orders --fast",
        ),
        ("python3 web.py -m x", "python3 -m debugpy --listen 127.0.0.1:5678 web.py -m x"),
        (
            "/venv/bin/gunicorn app:app -w 2",
            "python -m debugpy --listen 127.0.0.1:5678 -m gunicorn app:app -w 2",
        ),
        ("node app.js", "node --inspect=127.0.0.1:9229 app.js"),
        (
            "java -Xmx1g -jar /app/app.jar",
            f"java {AGENT} -Xmx1g -jar /app/app.jar",
        ),
    ],
)
def test_a_program_begins_behind_its_debugger(words: str, begins: str) -> None:
    found = debuggers(own(*words.split()), (), "dockerfile")
    assert list(found["web"].command) == begins.split()
    # What the image says counts where the chart says nothing.
    assert debuggers(own(), words.split(), "dockerfile") == found


@pytest.mark.parametrize(
    "words", ["sh -c 'python x'", "npm start", "python", "python -V", "python -", "/app"]
)
def test_what_is_none_of_them_is_refused_with_its_words(words: str) -> None:
    with pytest.raises(Refused) as caught:
        debuggers(own(*words.split()), (), "python")
    if words != "python -":
        assert words.split()[0] in str(caught.value)


@pytest.mark.parametrize(
    ("language", "reason"), [("go", "ptrace"), ("static", "no program"), ("php", "calls the editor")]
)
def test_a_language_without_one_is_refused_with_the_reason(language: str, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        debuggers(own(), ("/app",), language)


def test_others_go_on_and_what_does_not_keep_running_has_none() -> None:
    values = own("python", "-m", "orders")
    values["processes"]["worker"] = {"command": ["sh", "-c", "true"]}
    values["processes"]["nightly"] = {"command": ["python", "-m", "orders"], "schedule": "0 3 * * *"}
    assert list(debuggers(values, (), "python")) == ["web"]
    with pytest.raises(Refused):
        debuggers({}, ("python", "-m", "orders"), "python")


@pytest.mark.parametrize("odd", [None, 3, "x", [], {"schedule": "@daily"}])
def test_what_is_no_process_has_none(odd: Any) -> None:
    found = debuggers({"processes": {"odd": odd, "web": {"command": 3}}}, ["node", "a.js"], "node")
    assert {name: one.command[-1] for name, one in found.items()} == {"web": "a.js"}


def test_a_port_that_the_program_has_itself_is_passed_over() -> None:
    values = own("node", "app.js", port=9229, ports={"admin": 9230})
    found = debuggers(values, (), "node")
    assert (found["web"].port, found["web"].command[1]) == (9231, "--inspect=127.0.0.1:9231")


@pytest.mark.parametrize(
    ("words", "given", "memory"),
    [("python -m a", "256Mi", "448Mi"), ("node a.js", "256Mi", None), ("python -m a", "", None)],
)
def test_what_is_laid_over_the_values(words: str, given: str, memory: str | None) -> None:
    values = own(*words.split(), resources={"memory": given})
    found = debugged(debuggers(values, (), "python"), values)
    assert found["develop"]["debug"].keys() == {"web"}
    assert found["processes"]["web"].get("resources", {}).get("memory") == memory


def test_what_an_image_lacks_is_named() -> None:
    assert "debugpy" in lacking("python", "web")
    assert "runtime" in lacking("java", "web")


@pytest.mark.parametrize("words", [("python", "-m", "orders"), ("node", "app.js"), ()])
def test_what_a_debugger_has_laid_is_known_again(words: tuple[str, ...]) -> None:
    said = own(*words, resources={"memory": "64Mi"})
    begins = ("python", "-m", "orders")
    there = debugged(debuggers(said, begins, "python"), said)
    assert kept(said, there) == {"processes": there["processes"]}
    other = own("python", "-m", "other", resources={"memory": "96Mi"})
    assert kept(other, there) != {"processes": there["processes"]}
    assert kept(said, {}) == {}
