"""Every command that stands on a page is run by a test."""

from __future__ import annotations

from tests.pages import proofs


def test_every_command_on_a_page_is_run() -> None:
    found = proofs.commands()
    assert len(found) > 150
    assert [f"{page}: {each}" for each, page in found.items() if not proofs.by(each)] == []


def test_what_is_said_of_files_is_of_use() -> None:
    """A verb that every page's session runs, and a file that types none, have no place there."""
    apart = {each: by for each in proofs.commands() if (by := proofs.by(each)) not in proofs.SESSIONS}
    assert {proofs.verb(each)[0] for each in apart} == proofs.ELSEWHERE.keys()
    assert set(apart.values()) == {file for files in proofs.ELSEWHERE.values() for file in files}
    for file, options in proofs.ADDED.items():
        text = (proofs.ROOT / file).read_text()
        assert [each for each in options if f'"{each}' not in text] == [], file


def test_a_command_that_no_test_runs_is_found() -> None:
    assert proofs.by("pipelinekit freeze --now --env production --reason x")
    assert proofs.by("pipelinekit freeze --now --json") == ""
    assert proofs.by("pipelinekit platform resize postgresql --timeout 5 --json") == ""
    assert proofs.elsewhere("no-such-verb", frozenset()) == ""


def test_a_verb_is_read_up_to_its_arguments_and_its_options_wherever_they_stand() -> None:
    assert proofs.verb("draft connect -p 9000:8080 --tail=5") == ("draft connect", {"-p", "--tail"})
    assert proofs.verb("pipelinekit platform certificates --platform . --env dev") == (
        "platform certificates",
        {"--env"},
    )


def test_what_a_test_types_is_read_from_its_literals() -> None:
    text = 'deploy("--only=a")\nsite.must("plan", *words, f"--to={x}")\nVERBS = (("jobs", "apply"), y)\n'
    rows = [tuple(each) for each in proofs.typed(text)]
    assert ("deploy", "--only=a") in rows
    assert ("plan", "…", "--to=…") in rows
    assert proofs.types(("plan", "…", "--to=…"), "platform plan", frozenset({"--to"}))
    assert not proofs.types(("plan", "…", "--to=…"), "platform plan", frozenset({"--env"}))
    assert not proofs.types(("a", "b", "c", "d", "plan"), "plan", frozenset())
