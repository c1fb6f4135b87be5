"""Two hundred merges of a template's change with a person's edit, on disk and with git's own merge."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from pipelinekit.adapters.folder.packaged import templates
from pipelinekit.adapters.folder.workspace import Workspace
from pipelinekit.adapters.source.worktree import MergeFile
from pipelinekit.merge import Decisions, Outcome
from pipelinekit.model.app import App
from pipelinekit.render import Templates
from pipelinekit.steps.generate import Generation, apply_generation, plan_generation, remember
from tests import examples
from tests.merges import COUNT, Case, Round, Verdict, case_of, judge, rounds


def generate(workspace: Workspace, app: App, made_from: Templates) -> Generation:
    """Generate into the folder."""
    generation = plan_generation(
        app,
        examples.site(),
        "0.1.0",
        made_from,
        workspace,
        remember(workspace),
        Decisions(),
        MergeFile(),
    )
    apply_generation(generation, workspace)
    return generation


def contents(folder: Path) -> dict[Path, tuple[bytes, int]]:
    return {
        path: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.rglob("*") if path.is_file()
    }


@pytest.fixture(scope="module")
def merged(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Case, str, Outcome]]:
    """Each case with its file's text after the merge; the second generation is checked on the way."""
    done = []
    for each in rounds():
        folder = tmp_path_factory.mktemp("app")
        done += _merged(each, folder)
    return done


def _merged(each: Round, folder: Path) -> list[tuple[Case, str, Outcome]]:
    workspace = Workspace(folder)
    generate(workspace, each.app, templates())
    for case in each.cases:
        assert (folder / case.path).read_text() == case.base
        (folder / case.path).write_text(case.theirs)
    first = generate(workspace, each.app, each.templates)
    before = contents(folder)
    again = generate(workspace, each.app, each.templates)
    assert contents(folder) == before, "the second generation changes nothing"
    assert [change.path for change in again.unsettled] == [change.path for change in first.unsettled]
    outcomes = {change.path: change.outcome for change in first.changes}
    return [(case, (folder / case.path).read_text(), outcomes[case.path]) for case in each.cases]


def test_no_edit_is_lost_and_no_hunk_is_doubled(merged: list[tuple[Case, str, Outcome]]) -> None:
    assert len(merged) == COUNT
    bad = {}
    for case, text, _ in merged:
        verdict = judge(case, text)
        if verdict.lost or verdict.doubled:
            bad[case.seed, case.path] = verdict
    assert bad == {}


def test_a_conflict_is_reported_exactly_where_markers_are(merged: list[tuple[Case, str, Outcome]]) -> None:
    for case, text, outcome in merged:
        assert (outcome is Outcome.CONFLICT) is judge(case, text).conflict, (case.seed, case.path)


def test_the_merges_are_of_every_kind(merged: list[tuple[Case, str, Outcome]]) -> None:
    """Against a seed that makes nothing but easy cases."""
    outcomes = Counter(outcome for _, _, outcome in merged)
    assert outcomes[Outcome.MERGE] > 60
    assert outcomes[Outcome.CONFLICT] > 20
    assert len({case.path.rsplit("/", 1)[-1] for case, _, _ in merged}) > 12


def test_the_judge_sees_what_is_lost_and_what_is_doubled() -> None:
    text = "".join(f"line {number}\n" for number in range(40))
    cases = [case_of(seed, "Dockerfile", text) for seed in range(50)]
    case = next(each for each in cases if each.yours.words and each.generated.words)
    assert judge(case, case.expected) == Verdict((), (), conflict=False)
    assert set(judge(case, case.new).lost) >= set(case.yours.words)
    assert set(judge(case, case.theirs).lost) >= set(case.generated.words)
    word = case.yours.words[0]
    assert word in judge(case, case.expected + f"# {word}\n").doubled
    assert judge(case, case.expected + "line 0\n").doubled == ("line 0",)
    deleting = next(each for each in cases if None in each.yours.changed.values())
    assert any(lost.startswith("deleted ") for lost in judge(deleting, deleting.new).lost)
