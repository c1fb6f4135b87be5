from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pipelinekit.counts import counted
from pipelinekit.errors import Refused, UsageError
from pipelinekit.model.jenkins.jobconfig import Config, digest_of
from pipelinekit.model.jenkins.jobplan import Action, Change, Found, Wanted
from pipelinekit.model.jenkins.jobs import Folder
from pipelinekit.model.jenkins.marker import Marker
from pipelinekit.plan.jenkins.jobchanges import Live, check_deletions, plan_changes, plan_pruning, to_read

APPS = Config(root="Folder", fields={"displayName": "apps"})


def wanted(path: str = "apps", **fields: str) -> Wanted:
    config = Config(root="Folder", fields={"displayName": path, **fields})
    job = Folder(path=path, title=path, text="")
    return Wanted(job=job, xml=f"<{path}/>", config=config, digest=digest_of(config))


def found(path: str = "apps", *, config: Config | None = None, **fields: Any) -> tuple[Found, Config]:
    config = config or wanted(path).config
    marker = Marker(platform="acme", digest=digest_of(config))
    return Found(**{"path": path, "kind": "folder", "marker": marker, **fields}), config


def live(*there: tuple[Found, Config]) -> Live:
    return Live(items={each.path: each for each, _ in there}, configs={each.path: c for each, c in there})


def one(there: Live, *jobs: Wanted, **more: Any) -> Change:
    (change,) = plan_changes(jobs or (wanted(),), there, "acme", **more)
    return change


def test_what_is_not_there_is_created() -> None:
    change = one(live())
    assert (change.action, change.xml, change.live) == (Action.CREATE, "<apps/>", "")


def test_what_is_as_wanted_is_left() -> None:
    assert one(live(found())).action is Action.SAME


def test_a_hand_is_told_from_a_change_of_ours() -> None:
    edited = Config(root="Folder", fields={"displayName": "by hand"})
    marker = Marker(platform="acme", digest=digest_of(APPS))
    by_hand = one(live(found(config=edited, marker=marker)))
    assert (by_hand.action, by_hand.by_hand, by_hand.why) == (Action.UPDATE, True, "changed by hand")
    assert [each.path for each in by_hand.differences] == ["displayName"]
    ours = one(live(found()), wanted(description="new"))
    assert (ours.action, ours.by_hand, ours.why) == (Action.UPDATE, False, "")


def test_a_mark_of_an_older_digest_on_what_is_wanted_needs_nothing() -> None:
    """Somebody has made by hand the change that we now want."""
    assert one(live(found(marker=Marker(platform="acme", digest="0" * 16)))).action is Action.SAME


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        (
            {"marker": Marker(platform="globex", digest="0" * 16)},
            "belongs to platform globex, and acme",
        ),
        ({"marker": Marker(platform="acme", digest="0" * 16, via="job-dsl")}, "comes from a Job DSL seed"),
        ({"kind": "pipeline"}, "is there as pipeline, and should be a folder"),
        ({"marker": None}, "--adopt apps takes it over"),
    ],
)
def test_what_is_somebody_else_s_is_refused_with_what_is_in_it(fields: dict[str, Any], words: str) -> None:
    changes = plan_changes((wanted(), wanted("apps/payments")), live(found(**fields)), "acme")
    assert [each.action for each in changes] == [Action.REFUSED, Action.REFUSED]
    assert words in changes[0].why
    assert changes[1].why == "its folder apps is not ours to change"


def test_an_adopted_job_is_marked() -> None:
    change = one(live(found(marker=None)), adopt=("apps",))
    assert (change.action, change.differences) == (Action.UPDATE, ())


def test_a_name_in_other_letters_is_the_same_to_jenkins() -> None:
    refused = plan_changes((wanted(),), live(found("Apps", marker=None)), "acme")[0]
    assert (refused.action, refused.path) == (Action.REFUSED, "apps")
    assert "'Apps'" in refused.why


def test_only_what_decides_is_read() -> None:
    items = {
        each.path: each
        for each, _ in (
            found(),
            found("apps/old"),
            found("apps/theirs", marker=None),
            found("apps/globex", marker=Marker(platform="globex", digest="0" * 16)),
        )
    }
    assert to_read((wanted(), wanted("release")), items, "acme") == ("apps", "apps/old")


# --- no longer wanted -----------------------------------------------------------------------------

OLD = "apps/old"
JOB = {"kind": "multibranch"}


def orphan(path: str = OLD, **fields: Any) -> tuple[Found, Config]:
    marker = Marker(platform="acme", digest="0" * 16, orphaned=fields.pop("since", ""))
    return found(path, **{**JOB, "marker": marker, **fields})


def action_of(there: Live, path: str = OLD) -> Action:
    changes = plan_changes((wanted(),), there, "acme")
    return next(each.action for each in changes if each.path == path)


@pytest.mark.parametrize(
    ("fields", "action"),
    [
        ({}, Action.DISABLE),
        ({"disabled": True}, Action.DISABLE),
        ({"disabled": True, "since": "2026-01-01"}, Action.KEEP),
        ({"since": "2026-01-01"}, Action.DISABLE),
        ({"kind": "folder"}, Action.KEEP),
        ({"marker": None}, Action.FOREIGN),
        ({"marker": Marker(platform="globex", digest="0" * 16)}, Action.FOREIGN),
        ({"marker": Marker(platform="acme", digest="0" * 16, via="job-dsl")}, Action.FOREIGN),
    ],
)
def test_what_happens_to_a_job_that_nobody_wants(fields: dict[str, Any], action: Action) -> None:
    assert action_of(live(found(), orphan(**fields))) is action


def test_a_job_that_is_wanted_again_is_enabled() -> None:
    marker = Marker(platform="acme", digest="0" * 16, orphaned="2026-01-01")
    config = Config(root="Folder", fields={**APPS.fields, "disabled": "true"}, disabled=True)
    change = one(live(found(config=config, marker=marker, disabled=True)))
    assert (change.action, change.why, change.by_hand) == (Action.UPDATE, "wanted again", False)


def pruned(*there: tuple[Found, Config], before: str = "2026-06-01", **more: Any) -> dict[str, Action]:
    state = live(found(), *there)
    changes = plan_changes((wanted(),), state, "acme")
    return {each.path: each.action for each in plan_pruning(changes, state, before=before, **more)}


@pytest.mark.parametrize(
    ("since", "action"),
    [
        ("2026-05-31", Action.DELETE),
        ("2026-06-01", Action.DELETE),
        ("2026-06-02", Action.KEEP),
        ("2027-01-01", Action.KEEP),
    ],
)
def test_a_job_is_deleted_when_its_time_is_over(since: str, action: Action) -> None:
    assert pruned(orphan(disabled=True, since=since)) == {OLD: action}


def test_a_job_is_disabled_before_it_is_deleted() -> None:
    assert pruned(orphan(), before="2999-01-01") == {OLD: Action.DISABLE}


def test_builds_are_kept_on_request() -> None:
    old = orphan(disabled=True, since="2020-01-01")
    assert pruned(old, with_builds={OLD}) == {OLD: Action.KEEP}


def test_a_folder_goes_when_everything_in_it_goes_and_it_holds_no_credential() -> None:
    folder, inside = orphan("apps/t", kind="folder"), orphan("apps/t/a", disabled=True, since="2020-01-01")
    assert pruned(folder, inside) == {"apps/t": Action.DELETE, "apps/t/a": Action.DELETE}
    assert pruned(folder)["apps/t"] is Action.DELETE
    assert pruned(folder, orphan("apps/t/a"))["apps/t"] is Action.KEEP
    assert pruned(folder, inside, orphan("apps/t/b", marker=None))["apps/t"] is Action.KEEP
    held = (folder[0], replace(folder[1], holds_credentials=True))
    assert pruned(held, inside)["apps/t"] is Action.KEEP


def test_a_folder_in_a_folder_goes_first() -> None:
    outer, inner = orphan("apps/t", kind="folder"), orphan("apps/t/u", kind="folder")
    assert set(pruned(outer, inner).values()) == {Action.DELETE}


def test_nothing_else_is_pruned() -> None:
    assert pruned(orphan(marker=None)) == {}


# --- how many -------------------------------------------------------------------------------------


def doomed(count: int) -> list[Change]:
    jobs = [Change(path=f"apps/{each}", kind="multibranch", action=Action.DELETE) for each in range(count)]
    return [*jobs, Change(path="apps", kind="folder", action=Action.DELETE)]


@pytest.mark.parametrize(
    ("count", "jobs", "limit", "fine"),
    [
        (1, 10, "10%", True),
        (2, 10, "10%", False),
        (1, 1, "10%", True),
        (2, 11, "10%", True),
        (3, 1000, "2", False),
        (2, 1000, "2", True),
        (0, 0, "0", True),
        (1, 10, "0%", False),
        (10, 10, "100%", True),
    ],
)
def test_deletions_beyond_the_limit_are_refused(count: int, jobs: int, limit: str, fine: bool) -> None:
    if fine:
        check_deletions(doomed(count), jobs, limit)
        return
    with pytest.raises(Refused, match=f"{counted(count, 'job')} would be deleted") as caught:
        check_deletions(doomed(count), jobs, limit)
    assert f"--max-delete {count}" in caught.value.faults[0].hint


@pytest.mark.parametrize("limit", ["", "x", "-1", "10 %", "1e3", "9999999", "10%%"])
def test_a_limit_that_is_none(limit: str) -> None:
    with pytest.raises(UsageError):
        check_deletions(doomed(1), 10, limit)
