"""Every command that stands on a page is run by a test."""

from __future__ import annotations

import re

import pytest

from tests.pages import blocks, proofs, spoken, typed
from tests.pages.checked import ROOT
from tests.pages.spoken import Command


def test_every_command_on_a_page_is_run() -> None:
    found = proofs.commands()
    assert len(found) > 150
    missing = {each: page for each, page in found.items() if not proofs.by(each)}
    assert {spoken.command(each).verb for each in missing} == proofs.UNRUN.keys(), missing


def test_no_command_stands_where_it_is_not_seen() -> None:
    """In a block of another language, or behind something in its line."""
    for page in blocks.pages(ROOT):
        for language, text in re.findall(
            r"^ *```(\w*)\n(.*?)^ *```$", page.read_text(), re.MULTILINE | re.DOTALL
        ):
            assert language == "sh" or not blocks.calls(text), f"{page.name}: {text}"
            called = re.findall(r"(?:^|[\s($=])(?:pipelinekit|draft) [a-z]", text)
            assert len(called) <= len(blocks.calls(text)), f"{page.name}: {text}"


def test_what_is_said_of_files_is_of_use() -> None:
    """A verb that sessions run with all its options, and a file that proves nothing, have no place there."""
    apart = {each: by for each in proofs.commands() if (by := proofs.by(each)) and by not in proofs.SESSIONS}
    found = {(spoken.command(each).verb, file) for each, file in apart.items()}
    assert found == {(verb, file) for verb, files in proofs.ELSEWHERE.items() for file in files}


def test_a_command_that_no_test_runs_is_found() -> None:
    assert proofs.by("pipelinekit freeze --now --env production --reason x")
    assert proofs.by("pipelinekit freeze --now --json") == ""
    assert proofs.by("pipelinekit platform resize postgresql --timeout 5 --json") == ""


def test_a_file_that_only_has_the_verb_refused_is_no_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    refusing = "tests/real/registry/test_addresses.py"
    assert '("build", "--registry")' in (ROOT / refusing).read_text()
    assert proofs.by("pipelinekit build --registry localhost:5000")
    monkeypatch.setitem(proofs.ELSEWHERE, "build", (refusing,))
    assert proofs.by("pipelinekit build --registry localhost:5000") == ""


@pytest.mark.parametrize(
    ("line", "verb", "options", "arguments"),
    [
        ("draft connect -p 9000:8080 --tail=5", "draft connect", {"--override-port", "--tail"}, False),
        ("draft up orders --no-sync", "draft up", {"--no-sync"}, True),
        (
            "pipelinekit platform certificates --platform . --env dev",
            "platform certificates",
            {"--env"},
            False,
        ),
        ("pipelinekit platform certificates issue", "platform certificates issue", set(), False),
        ("pipelinekit platform graph --format svg", "platform graph", {"--format=svg"}, False),
        ("pipelinekit generate --take new Jenkinsfile", "generate", {"--take"}, False),
        ("pipelinekit hold orders --env dev", "hold", {"--env"}, True),
        ("pipelinekit platform vendor", "platform vendor", set(), False),
        ("pipelinekit platform vendor eck kibana", "platform vendor", set(), True),
    ],
)
def test_a_command_is_read_as_the_command_line_reads_it(
    line: str, verb: str, options: set[str], arguments: bool
) -> None:
    assert spoken.command(line) == Command(verb, frozenset(options), arguments)


@pytest.mark.parametrize(
    ("words", "line", "found"),
    [
        (("plan", "--to=…"), "registry usage", False),
        (("plan", "--env", "…"), "platform plan --env dev", True),
        (("plan", "--env=…", "--json"), "platform plan --env dev", True),
        (("plan", "--json"), "platform plan --env dev", False),
        (("ada", "platform", "plan"), "platform plan", True),
        (("a", "b", "c", "plan"), "platform plan", True),
        (("a", "b", "c", "d", "plan"), "platform plan", False),
        (("vendor", "…"), "platform vendor", False),
        (("vendor", "…"), "platform vendor eck", True),
        (("--only", "plan"), "platform plan", False),
        (("planned",), "platform plan", False),
        (("plan", "--nothing"), "platform plan", False),
        (("deploy", "--check"), "deploy", False),
        (("deploy", "--via=jenkins"), "deploy", False),
        (("platform", "init", "--untested"), "platform init", False),
        (("draft", "up", "--watch", "--no-sync"), "draft up --watch", False),
        (("grace", "advance"), "advance orders", False),
        (("grace", "advance", "…"), "advance orders", True),
        (("graph", "--format", "dot"), "platform graph --format svg", False),
        (("graph", "--format", "…"), "platform graph --format svg", False),
        (("registry", "copy", "…/a:1", "…/a:1", "--json"), "registry copy r/a:1 s/a:1", True),
        (("registry", "copy", "…", "…/a:1"), "registry copy r/a:1 s/a:1", False),
        (("registry", "copy", "oci://…/a:1", "…/a:1"), "registry copy r/a:1 s/a:1", False),
        (
            ("registry", "copy", "http://…/a:1", "oci://…/a"),
            "registry copy https://r/a:1 oci://s/a",
            True,
        ),
        (
            ("registry", "copy", "oci://…/a:1", "http://…/a"),
            "registry copy https://r/a:1 oci://s/a",
            False,
        ),
    ],
)
def test_words_are_a_command_where_they_do_just_that(words: tuple[str, ...], line: str, found: bool) -> None:
    assert proofs.types(words, spoken.command(f"pipelinekit {line}")) is found


@pytest.mark.parametrize(
    "body",
    [
        'site.must("go", "--to", x)',
        'site.must(*WORDS, "--to", x)',
        'site.must("go", f"--to={x}").json()',
        'with saying(dev, "go", "--to") as said:\n        assert said',
        'assert site.verb("go", "--to", x).code == 0',
        'said = site.verb("go", "--to", x)\n    assert said.code == 0, said.err',
        'said = site.verb("go", "--to", x)\n    assert (said.code, said.out) == (0, "")',
        'assert go("x").code == 0',
        'assert site.verb("go", "--to", x).code == 0 and x',
        'said = added("go")\n    assert said.code == 0',
        'site.must(*listed("go", "x"))',
    ],
)
def test_a_call_counts_where_it_has_to_succeed(body: str) -> None:
    assert _has("go", body)


@pytest.mark.parametrize(
    "body",
    [
        'site.verb("go", "--to", x)',
        'said = site.verb("go", "--to", x)\n    assert "done" in said.out',
        'said = site.verb("go", "--to", x)\n    assert said.code == 6',
        'said = site.verb("go", "--to", x)\n    assert said.code == code',
        'said = site.verb("go", "--to", x)\n    assert said.code != 0',
        'said = site.verb("go", "--to", x)\n    said = site.verb("x")\n    assert said.code == 0',
        'said = site.verb("go", "--to", x)\n    assert said.code == 6\n    assert said.code == 0',
        'for words in (("go", "--to"),):\n        site.must(*words)',
        'words = ("go", "--to")\n    for words in rows:\n        site.must(*words)',
        'words = ("go", "--to")\n    other(words)',
        'assert (site.verb("go", "--to").code, 0) == (6, 0)',
        "assert go().code == 6",
        'if site.verb("go", "--to", x).code == 0:\n        pass',
        'assert not site.verb("go", "--to", x).code == 0',
        'assert site.verb("go", "--to", x).code == 0 or x',
        'site.must("go", "--to", *x)',
    ],
)
def test_a_call_of_which_anything_else_is_expected_does_not(body: str) -> None:
    assert not _has("go", body)


HELPERS = """
WORDS = ("go",)

def go(kit):
    return lambda *more: kit("go", *more, "--to=dev")

def added(verb, *more):
    return run(verb, "--to", "x", *more)

class Set:
    def listed(self, verb, to, *more):
        return (verb, "--to", to, *more)

"""


def _has(verb: str, body: str) -> bool:
    rows = typed.succeeding(f"{HELPERS}def test_it(site):\n    {body}\n")
    return any(verb in each and any(word.startswith("--to") for word in each) for each in rows)
