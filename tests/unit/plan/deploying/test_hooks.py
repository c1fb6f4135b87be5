from __future__ import annotations

from pipelinekit.model.release import Hook
from pipelinekit.plan.deploying import hooks

MIGRATE = Hook(object="Job/migrate", moments=("pre-install", "pre-upgrade"), weight=5)
POLICY = Hook(object="NetworkPolicy/migrate", moments=("pre-upgrade", "pre-install"), weight=-5)
NOTE = Hook(object="Job/a-note", moments=("post-upgrade",))
TEST = Hook(object="Pod/test", moments=("test",))
ALL = (NOTE, MIGRATE, TEST, POLICY)


def test_the_hooks_of_this_moment_are_told_in_the_order_in_which_helm_runs_them() -> None:
    assert [*hooks.planned(ALL, None)] == [
        "NetworkPolicy/migrate (pre-install, weight -5)",
        "Job/migrate (pre-install, weight 5)",
    ]
    assert [*hooks.planned(ALL, ALL)] == [
        "NetworkPolicy/migrate (pre-upgrade, weight -5)",
        "Job/migrate (pre-upgrade, weight 5)",
        "Job/a-note (post-upgrade, weight 0)",
    ]


def test_of_the_same_weight_the_name_decides() -> None:
    twins = [Hook(object=name, moments=("pre-install",)) for name in ("Job/b", "Service/a")]
    assert [each.split()[0] for each in hooks.planned(twins, None)] == ["Service/a", "Job/b"]


def test_another_weight_is_told() -> None:
    before = Hook(object="Job/migrate", moments=("pre-install", "pre-upgrade"))
    assert [*hooks.planned([MIGRATE], [before])] == ["Job/migrate (pre-upgrade, weight 5, was 0)"]
