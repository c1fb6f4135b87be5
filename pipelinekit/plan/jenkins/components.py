"""The jobs of the folder `platform`: which there are, and what people fill in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pipelinekit.errors import refused, usage
from pipelinekit.model.jenkins.jobs import COMPONENTS, PLAN_ONLY, Parameter, Pipeline, component_job
from pipelinekit.model.platform.document import Platform
from pipelinekit.model.platform.rooms import components as room
from pipelinekit.plan.release import environment_named
from pipelinekit.plan.rollout.gated import require_open


def require_jobs(platform: Platform) -> None:
    """Raise `Refused` where the document lacks what they are made of."""
    lacks = why_none(platform)
    if lacks:
        raise refused("no-component-job", f"there is no {COMPONENTS}: {lacks}", hint="deploy without --via")


def why_none(platform: Platform) -> str:
    """Why there are no such jobs, or empty."""
    return room.why_none(platform) or ("" if room.names(platform) else "no component is on")


def jobs(platform: Platform, scripts: Mapping[str, str]) -> Iterator[Pipeline]:
    """One for all components and one for each that is on, with their scripts by path."""
    if not room.has_jobs(platform):
        return
    held, names = room.credentials(platform), sorted(room.names(platform))
    where = Parameter(
        name="ENVIRONMENT",
        text="Whose cluster.",
        choices=tuple(each.name for each in room.environments(platform)),
    )
    yield Pipeline(
        path=COMPONENTS,
        title="All components",
        text="Rolls out every component that is on, in the order of needs: plan, deploy, verify, status.",
        script=scripts.get(COMPONENTS, ""),
        credentials=held,
        parameters=(
            where,
            Parameter(
                name="FROM", text="This one and all that wait for it; none for all.", choices=("", *names)
            ),
            PLAN_ONLY,
        ),
    )
    for name in names:
        path = component_job(name)
        yield Pipeline(
            path=path,
            title=name,
            text=f"Rolls out the component {name}: plan, deploy, verify, status.",
            script=scripts.get(path, ""),
            credentials=held,
            parameters=(
                where,
                Parameter(name="FROM", text="It, and all that wait for it.", tick=True),
                PLAN_ONLY,
            ),
        )


def notices(platform: Platform) -> Iterator[str]:
    """Why components that are on have no jobs."""
    lacks = room.why_none(platform)
    if room.names(platform) and lacks:
        yield f"Jenkins has no jobs that roll out components: {lacks}"


def start_of(
    platform: Platform, environment: str, only: Sequence[str], start: Sequence[str]
) -> tuple[str, dict[str, str]]:
    """The job that rolls these out, and its parameters.

    Raises `Refused` where there is none, `UsageError` for what a job cannot be told.
    """
    require_jobs(platform)
    where = environment_named(platform, environment)
    require_open(platform, where)
    if len(only) + len(start) > 1:
        hint = "name one, or none; from here, without --via, several go at once"
        raise usage("via-several", "a job is about one component, or from one on, or about all", hint=hint)
    for name in (*only, *start):
        if name not in room.names(platform):
            hint = f"on are: {', '.join(sorted(room.names(platform)))}"
            raise usage("component-not-on", f"no component '{name}' is on", hint=hint)
    path = component_job(only[0]) if only else COMPONENTS
    return path, {"ENVIRONMENT": where.name} | ({"FROM": start[0]} if start else {})
