from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor
from dataclasses import replace
from typing import Any, Self

import pytest

from pipelinekit.adapters.folder.packaged import templates
from pipelinekit.errors import PipelinekitError, failed, refused
from pipelinekit.model.platform.document import Registration
from pipelinekit.model.platform.site import Site
from pipelinekit.steps import fleet
from pipelinekit.steps.fleet import BAD, Result, State, Tool, for_all, update
from tests import examples
from tests.doubles import Workspace
from tests.textmerge import LineMerge

DESCRIPTOR = (
    "apiVersion: pipelinekit/v1\nkind: Application\nmetadata: {name: orders, team: payments}\n"
    "build: {language: go}\nrun: {port: 8080}\n"
)
LATER = DESCRIPTOR.replace("8080", "9090")
ORDERS = Registration(name="orders", team="payments", repository="https://git/orders")
TOOL = Tool(version="0.1.0", templates=templates(), templates_digest="sha256:1", merge=LineMerge())


def updated(
    workspace: Workspace,
    descriptor: str = DESCRIPTOR,
    site: Site | None = None,
    tool: Tool = TOOL,
    *,
    write: bool = True,
) -> Result:
    """What came of generating one application."""
    return update(ORDERS, workspace, descriptor.encode(), site or examples.site(), tool, write=write)


def generated() -> Workspace:
    """A folder in which the application was generated."""
    workspace = Workspace()
    assert updated(workspace).state is State.UPDATED
    workspace.writes.clear()
    return workspace


# --- one application ------------------------------------------------------------------------------


def test_what_is_new_is_written_and_named() -> None:
    workspace = Workspace()
    result = updated(workspace)
    assert (result.state, result.title, result.reason) == (State.UPDATED, "payments/orders", "")
    assert sorted(result.files) == sorted(workspace.texts)
    assert "Jenkinsfile" in result.files


def test_the_second_time_nothing_is_read_but_the_lock() -> None:
    workspace = generated()
    workspace.unreadable = frozenset(workspace.texts)
    workspace.base = None
    assert updated(workspace) == Result(title="payments/orders", state=State.CURRENT)
    assert workspace.writes == []


@pytest.mark.parametrize(
    "changed",
    [
        {"descriptor": LATER},
        {"site": examples.site(registry_credentials="other")},
        {"tool": replace(TOOL, version="0.2.0")},
        {"tool": replace(TOOL, templates_digest="sha256:2")},
    ],
    ids=["descriptor", "site", "tool", "templates"],
)
def test_each_thing_that_files_are_made_from_makes_it_look_again(
    changed: dict[str, Any],
) -> None:
    workspace = generated()
    inputs = workspace.lock
    updated(workspace, **changed)
    assert workspace.lock != inputs
    workspace.unreadable = frozenset(workspace.texts)
    assert updated(workspace, **changed).state is State.CURRENT


def test_a_comment_in_the_descriptor_is_remembered_and_changes_nothing() -> None:
    workspace = generated()
    assert updated(workspace, DESCRIPTOR + "# later\n").state is State.CURRENT
    assert workspace.writes == ["lock"]


@pytest.mark.parametrize("merged", ["<<<<<<< HEAD\n{0}=======\n{1}>>>>>>> main\n", "{0}{1}", "{1}{0}"])
def test_a_lock_that_git_has_merged_is_not_taken_at_its_word(merged: str) -> None:
    workspace = generated()
    assert workspace.lock is not None
    (line,) = (each for each in workspace.lock.splitlines(keepends=True) if each.startswith("inputs:"))
    workspace.lock = workspace.lock.replace(line, merged.format(line, 'inputs: "sha256:1"\n'))
    assert updated(workspace).state is not State.CURRENT


@pytest.mark.parametrize("other", [{"name": "shop"}, {"team": "sales"}])
def test_another_applications_checkout_is_not_current(other: dict[str, Any]) -> None:
    workspace, registration = generated(), replace(ORDERS, **other)
    result = update(registration, workspace, DESCRIPTOR.encode(), examples.site(), TOOL, write=True)
    assert result.state is State.INVALID
    assert "describes payments/orders, but is registered as" in result.reason


def test_only_files_whose_text_changed_are_read_and_written() -> None:
    workspace = generated()
    workspace.unreadable = frozenset({"Jenkinsfile", "draft.toml"})
    result = updated(workspace, LATER)
    assert set(result.files) == {"Dockerfile", "charts/orders/values.yaml"}
    assert "EXPOSE 9090" in workspace.texts["Dockerfile"]


def test_without_writing_it_says_what_would_be_written() -> None:
    workspace = generated()
    before = dict(workspace.texts)
    result = updated(workspace, LATER, write=False)
    assert (result.state, set(result.files)) == (
        State.OUTDATED,
        {"Dockerfile", "charts/orders/values.yaml"},
    )
    assert (workspace.texts, workspace.writes) == (before, [])


def test_an_edit_is_kept_while_the_rest_moves_on() -> None:
    workspace = generated()
    workspace.texts["Dockerfile"] = "# mine\n" + workspace.texts["Dockerfile"]
    assert updated(workspace, LATER).state is State.UPDATED
    assert workspace.texts["Dockerfile"].startswith("# mine\n")
    assert "EXPOSE 9090" in workspace.texts["Dockerfile"]


def test_a_conflict_waits_and_is_told_until_it_is_settled() -> None:
    workspace = generated()
    workspace.texts["Dockerfile"] = workspace.texts["Dockerfile"].replace("EXPOSE 8080", "EXPOSE 1")
    for _ in range(2):
        result = updated(workspace, LATER)
        assert (result.state, result.files) == (State.CONFLICT, ("Dockerfile",))
        assert result.reason == "Dockerfile: conflict"
    assert "9090" in workspace.texts["charts/orders/values.yaml"], "the rest is written"
    workspace.texts["Dockerfile"] = workspace.texts["Dockerfile"].split("<<<<<<<")[0] + "EXPOSE 1\n"
    assert updated(workspace, LATER).state is State.CURRENT


def test_a_descriptor_with_faults_is_invalid_and_touches_nothing() -> None:
    workspace = generated()
    result = updated(workspace, DESCRIPTOR.replace("language: go", "language: gp"))
    assert result.state is State.INVALID
    assert result.reason.startswith("payments/orders/app.yaml:4:9: build.language: 'gp' is not one of them")
    assert workspace.writes == []


def test_a_descriptor_of_another_application_than_registered_is_invalid() -> None:
    workspace = Workspace()
    result = updated(workspace, DESCRIPTOR.replace("name: orders", "name: other"))
    assert result.state is State.INVALID
    assert "describes payments/other, but is registered as payments/orders" in result.reason
    assert workspace.writes == []


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (failed("checkout-missing", "no"), State.UNREACHABLE),
        (failed("repository-unreachable", "no"), State.UNREACHABLE),
        (failed("push-refused", "no"), State.FAILED),
        (failed("file-unwritable", "no"), State.FAILED),
        (refused("branch-taken", "no"), State.CONFLICT),
    ],
)
def test_an_application_that_was_never_seen_is_another_case_than_one_that_a_tool_refused(
    error: PipelinekitError, state: State
) -> None:
    assert fleet.failed("t/a", error) == Result(title="t/a", state=state, reason="no")


def test_what_waits_on_a_branch_is_current_and_says_where() -> None:
    result = fleet.waiting(ORDERS, "generated")
    assert (result.state, result.reason) == (State.CURRENT, "the branch generated has it and waits")


# --- all of them ----------------------------------------------------------------------------------


def registered(count: int) -> list[Registration]:
    return [
        Registration(name=f"app{number}", team="t", repository=f"https://git/app{number}")
        for number in range(count)
    ]


def run(
    these: list[Registration],
    work: Callable[[Registration], Result],
    *,
    at_once: int = 4,
    processes: int = 1,
) -> tuple[tuple[Result, ...], list[str]]:
    """The results, and what was said meanwhile."""
    said: list[str] = []
    return for_all(these, work, said.append, at_once=at_once, processes=processes), said


def outcome(registration: Registration) -> Result:
    """Every third cannot be reached."""
    title = registration.title
    if int(registration.name.removeprefix("app")) % 3 == 0:
        return fleet.failed(title, failed("repository-unreachable", "nobody there"))
    return Result(title=title, state=State.CURRENT)


def test_results_come_in_the_order_of_the_platform_and_a_bad_one_stops_nobody() -> None:
    results, said = run(registered(7), outcome)
    assert [each.title for each in results] == [f"t/app{number}" for number in range(7)]
    assert [each.state in BAD for each in results] == [True, False, False, True, False, False, True]
    assert said == [f"unreachable  t/app{number}: nobody there" for number in (0, 3, 6)]


def test_they_are_done_at_the_same_time() -> None:
    together = threading.Barrier(4, timeout=10)

    def wait(registration: Registration) -> Result:
        together.wait()
        return Result(title=registration.title, state=State.UPDATED, files=("a", "b"))

    results, said = run(registered(4), wait)
    assert {each.state for each in results} == {State.UPDATED}
    assert said[0] == "    updated  t/app0 (2 files)"


def test_no_applications_are_no_results() -> None:
    assert run([], outcome) == ((), [])


def test_a_process_that_the_system_ends_is_a_line_and_no_end(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        def __init__(self, _: int) -> None: ...

        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_: object) -> None: ...

        def map(
            self, work: Callable[[Registration], Result], these: list[Registration], chunksize: int
        ) -> Iterator[Result]:
            yield work(these[chunksize])
            raise BrokenExecutor

    monkeypatch.setattr(fleet, "ThreadPoolExecutor", Broken)
    results, said = run(registered(3), outcome)
    assert [each.state for each in results] == [State.CURRENT, State.FAILED, State.FAILED]
    assert "memory" in said[1]
