"""Who deploys a component: this process, or for the controller a Job that outlives it."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pipelinekit.cli.platform.components.choice import said_by
from pipelinekit.counts import counted
from pipelinekit.errors import refused

if TYPE_CHECKING:
    from pipelinekit.cli.platform.components.parts import Rollout
    from pipelinekit.model.release import Target
    from pipelinekit.model.rollout.handover import Handover, Object
    from pipelinekit.model.rollout.part import Outcome
    from pipelinekit.steps.promotion.rolledout import Told
    from pipelinekit.steps.rollout.part import Packaged, Part


def deploy(here: Rollout, name: str, told: Told | None, *, timeout: int, wait: int) -> Outcome:
    """Deploy a component; a controller that is there is changed by a Job, wherever this runs.

    A first installation stops nobody, and where nothing would be changed no Job is made. Raises `Refused` for
    what the ledger (`told`) stops.
    """
    from pipelinekit.plan.rollout.handover import name_of
    from pipelinekit.steps.handover.job import clear
    from pipelinekit.steps.rollout import deploy as steps

    part, say = here.parts[name], said_by(name)
    if told:
        told.require_free(part)
    if part.component.controller is not None:
        there = here.handovers.find(_target(here, part), name_of(part.name))
        if (there and not there.ended) or _would_change(here, name):
            return _hand_over(here, part, timeout=timeout, wait=wait)
        if there:
            # Who followed it may have been killed before its end.
            clear(_target(here, part), there, here.handovers, say)
    return steps.deploy(part, here.shelf, here.site, timeout=timeout, say=say)


def _target(here: Rollout, part: Part) -> Target:
    from pipelinekit.plan.rollout.releases import target_of

    return target_of(part.component, here.platform, here.environment)


def _would_change(here: Rollout, name: str) -> bool:
    """Whether an installed one would be changed; what is refused is refused by the deployment itself."""
    from pipelinekit.steps.rollout.looks import plan as steps

    order = {name: here.order[name]}
    (plan,) = steps.plan(here.parts, order, here.order, here.shelf, here.site, said_by(name))
    return bool(plan.installed) and plan.acts and not plan.refusals


def _hand_over(here: Rollout, part: Part, *, timeout: int, wait: int) -> Outcome:
    from pipelinekit.steps.handover import job as steps
    from pipelinekit.steps.rollout import part as packing

    # It is in the repository before the controller is touched: the Job has nobody's login there.
    release = packing.release_of(part, here.shelf, publish=True)
    policies = packing.policies_of(part, here.shelf, publish=True)
    packaged = (policies, release) if policies else (release,)
    given = _given(here, part, packaged, timeout=timeout, wait=wait)
    say = said_by(part.name)
    return steps.hand_over(given, _target(here, part), here.handovers, say=say, write=say)


def _given(here: Rollout, part: Part, packaged: Sequence[Packaged], *, timeout: int, wait: int) -> Handover:
    from pipelinekit.adapters.folder import carried
    from pipelinekit.model.rollout.handover import Handover
    from pipelinekit.plan.rollout import handover as plan

    target = _target(here, part)
    component, archive = part.component, part.component.archive
    made_of = (component.chart, component.policies, archive.file if archive else "")
    charts = [part.folder / each for each in (component.chart, component.policies) if each]
    libraries = dict.fromkeys(each for chart in charts for each in here.shelf.libraries(chart))
    texts = _texts(here, part)
    content = carried.packed(here.path.read_bytes(), part.name, made_of, here.folders, texts, libraries)
    if len(content) > plan.LARGEST:
        raise refused(
            "handover-large",
            f"{part.name} and what it is judged by have {counted(len(content), 'byte')} packed,"
            f" and a ConfigMap takes {plan.LARGEST}",
            hint="name an upstream archive instead of keeping one in the folder of the component",
        )
    controller = part.component.controller
    return Handover(
        component=part.name,
        namespace=target.namespace,
        environment=here.environment.name,
        image=_image(here, part.name),
        content=content,
        digest=plan.digest_of(content, here.environment.name),
        mark=secrets.token_hex(4),
        wait=wait,
        timeout=timeout,
        backup=part.component.backup.timeout if part.component.backup else 0,
        build=_build(os.environ),
        login=controller.login if controller else "",
        pull_secret=here.platform.images.pull_secret,
        plain_http=os.environ.get("PIPELINEKIT_PLAIN_HTTP", ""),
        rules=_rules(here, part.name, target, packaged),
    )


def _texts(here: Rollout, part: Part) -> dict[str, bytes]:
    """Values of all that is on, and the upstream archive of the controller where it is not in its folder."""
    from pipelinekit.adapters.disk import files
    from pipelinekit.adapters.folder.components import FOLDER
    from pipelinekit.reading.vendored import FILE as LOCK
    from pipelinekit.render.vendored import vendored_text
    from pipelinekit.steps.artefacts.chart import DIST

    found: dict[str, bytes] = {}
    values = {each.name: each.values for each in here.platform.components if each.enabled and each.values}
    for name, file in values.items():
        found[file] = here.parts[name].values.encode()
    for name, each in here.parts.items():
        if each.component.values:
            found[f"{FOLDER}/{name}/{each.component.values}"] = each.own.encode()
        if each.lock is not None:
            found[f"{FOLDER}/{name}/{LOCK}"] = vendored_text(each.lock).encode()
    archive = part.component.archive
    if archive is not None and not archive.file:
        path = part.workspace.working_folder(DIST) / f"{archive.name}-{archive.version}.tgz"
        found[path.resolve().relative_to(here.folder).as_posix()] = files.read_bytes(path)
    return found


def _rules(
    here: Rollout, name: str, target: Target, packaged: Sequence[Packaged]
) -> Mapping[str, tuple[Object, ...]]:
    """What it takes to bring the new one, and to bring the old one back."""
    from pipelinekit.plan.rollout import handover as plan
    from pipelinekit.reading.chart.forms import read_formed
    from pipelinekit.reading.chart.manifest import read_manifest

    objects: list[Object] = []
    for prepared in (each.prepared for each in packaged):
        objects += read_formed(here.helm.everything(prepared.archive, prepared.target, prepared.layers))
        state = here.site.releases.state(prepared.target)
        objects += read_manifest(state.manifest) if state else ()
    kinds = here.handovers.kinds(target, objects)
    return plan.rules(objects, kinds, target.namespace, plan.name_of(name))


def _image(here: Rollout, name: str) -> str:
    """The agent's: it has the command line."""
    jenkins = here.platform.jenkins
    if jenkins is None or jenkins.agent.pod is None:
        raise refused(
            "handover-image",
            f"{name} is upgraded by a Job, and the platform names no image for it",
            hint="jenkins.agent in platform.yaml: {kubernetes: {namespace: …, image: …}}, the agent's image",
        )
    return jenkins.agent.pod.image


def _build(environment: Mapping[str, str]) -> str:
    """The build that this runs in, as Jenkins tells its programs; empty in a terminal."""
    job, number = environment.get("JOB_NAME", ""), environment.get("BUILD_NUMBER", "")
    return f"{job} #{number}" if job and number.isdigit() else ""
