"""What `doctor` asks of each environment: is it prepared for the applications that are deployed there?"""

from __future__ import annotations

import functools
from collections.abc import Sequence

from pipelinekit.adapters.probes import Probe, Unseen
from pipelinekit.cli.platform.environment import pull_login
from pipelinekit.cli.wiring.line import registry_login
from pipelinekit.counts import counted
from pipelinekit.model.ground.preparation import Place
from pipelinekit.model.platform.document import Platform
from pipelinekit.plan import preparation as plans
from pipelinekit.steps import environment as steps

MOST = 20
"""Namespaces of an environment that are looked at: a platform may have thousands."""
LISTED = 2
"""As much of what is to do as fits into a line that somebody reads."""


def preparations(platform: Platform, env: dict[str, str]) -> list[Probe]:
    """A question for each environment that registered applications have a namespace in."""
    if not platform.applications:
        return []
    login = functools.cache(registry_login(platform))
    found: list[Probe] = []
    for each in platform.environments:
        places = plans.places_of(platform, each.name)

        def question(name: str = each.name, places: Sequence[Place] = places) -> str:
            from pipelinekit.adapters.cluster.ground.namespaces import Namespaces

            surveyed, errors = steps.survey(
                places[:MOST],
                platform.images.pull_secret,
                lambda there: pull_login(platform, there, login),
                Namespaces(env),
            )
            return _said(name, len(places), surveyed, [str(error.faults[0].problem) for error in errors])

        found += [(f"preparation of {each.name}", question)] if places else []
    return found


def _said(name: str, count: int, surveyed: Sequence[steps.Surveyed], errors: Sequence[str]) -> str:
    undone = [each.found for each in surveyed if each.found.acts]
    command = f"pipelinekit environment prepare --env {name}"
    if errors:
        # Whoever deploys need not be able to see all that an administrator has made.
        return Unseen(f"cannot be told: {errors[0]}; an administrator asks `{command} --plan`")
    if undone:
        what = [text for each in undone for text in plans.lines(each)]
        more = f" and {len(undone) - 1} more" if undone[1:] else ""
        where = f"not done in namespace {undone[0].namespace}{more}: "
        listed = (
            "; ".join(what) if len(what) <= LISTED else f"{counted(len(what), 'thing')}, as --plan lists them"
        )
        return Unseen(f"{where}{listed}; `{command}` does it")
    seen = (
        f"the first {len(surveyed)} of {counted(count, 'namespace')}"
        if count > MOST
        else f"{counted(count, 'namespace')}"
    )
    return f"done, {seen}"
