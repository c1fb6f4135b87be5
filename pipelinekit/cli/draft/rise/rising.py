"""What `draft up` does: the folder runs in the developer's namespace, or the reason why not is said."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelinekit.adapters.disk import momentary
from pipelinekit.adapters.folder import chartcopy
from pipelinekit.adapters.folder.shell import FolderShell
from pipelinekit.cli.draft.here import Draft
from pipelinekit.cli.draft.rise import afterwards, behind, debugging, early, ground, moving, parity, told
from pipelinekit.cli.draft.rise.forgetful import Forgetful
from pipelinekit.cli.draft.rise.outcome import Outcome, sentence
from pipelinekit.cli.draft.rise.told import Log
from pipelinekit.cli.output import report
from pipelinekit.cli.wiring.contexts import sources_of
from pipelinekit.errors import PipelinekitError, Refused
from pipelinekit.model.draft import BUILD_ID, Built
from pipelinekit.model.release import ReleaseState, Target
from pipelinekit.plan.draft import lacking, place
from pipelinekit.plan.draft.sharing import always_pulls
from pipelinekit.plan.preflight import waiting
from pipelinekit.plan.release import peers_of
from pipelinekit.reading.chart.values import read_values
from pipelinekit.reading.draft.sets import read_sets
from pipelinekit.steps import release as release_steps
from pipelinekit.steps.deploying.preflight import unwaited
from pipelinekit.steps.deploying.referenced import secrets_of
from pipelinekit.steps.innerloop import image, release, tasks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelinekit.model.ground.preflight import Finding
    from pipelinekit.steps.deploying.deployment import Found, Prepared

Peers = Mapping[str, Mapping[str, str]]
Develop = Callable[[release.Chart, Built], Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What one `up` is asked for."""

    timeout: int = 300
    develop: Develop | None = None
    """What is laid over the values of a copy that is synced."""
    debug: bool = False


def bring_up(here: Draft, target: Target, asked: Asked, log: Log | None = None) -> Outcome:
    """One `up`, from the guard that has let it through to the parity line."""
    log, outcome = log or Log(), Outcome(namespace=target.namespace)
    try:
        left = image.TRIES
        while not _risen(here, target, asked, log, outcome):
            left -= 1
            here = moving.anew(here, target, log.say, left)
        told.ended(here, target, log)
    except (OSError, PipelinekitError) as error:
        told.failed(here, target, log, error)
        raise
    finally:
        told.keep(here, target, outcome.build_id, log.lines)
    for line in outcome.parity:
        report.say(f"{log.before}{line}")
    outcome.sentence = sentence(target, outcome)
    return outcome


def _risen(here: Draft, target: Target, asked: Asked, log: Log, outcome: Outcome) -> bool:
    """Whether it was brought up; not where documents or chart have changed while the image was made."""
    with ExitStack() as stack:
        begun = partial(_begun, here, target, asked, stack)
        # A task may change the chart, and what is installed.
        chart = None if here.tasks.pre_up else early.tried(begun)
        state, ready = ground.made_ready(here, target, log.say)
        looked = early.look(here, target, state if chart else None)
        peers = peers_now(here, target)
        _require_all(here, target, peers, log)
        tasks.run_here("pre-up", here.tasks.pre_up, FolderShell(here.root), log.say)
        chart, known = chart or begun(), moving.documents(here)
        stack.enter_context(report.alive("up"))
        shop = workshop(here, chart)
        if asked.debug:
            debugging.require_able(here, chart, shop)
        outcome.behind = ""
        with behind.telling(here, partial(_behind, outcome, log)):
            built = image.image_of(here.plan, shop, here.settings.custom_tags, log.say)
        outcome.tag, outcome.built = built.tag, outcome.built or built.built
        outcome.pushed = outcome.pushed or built.pushed
        if moving.moved(here, known, chart):
            return False
        outcome.made_of = (built.tag, known, chart.digest)
        develop = debugging.developed(here, log.say) if asked.debug else asked.develop
        done = prepared(here, target, chart, built, peers, state, log, develop)
        outcome.build_id = str(done.values[BUILD_ID])
        ready.result()
        afterwards.expect(here, target, outcome.build_id, state)
        found = early.still_good(here, target, chart, asked.timeout, looked)
        # Rendered while Helm waits for pods: before that, it would have to share the cores with it.
        with ThreadPoolExecutor(1) as pool:
            lines = cache(lambda: pool.submit(parity.told, here, chart, built, done))
            compare = lines if here.described else lambda: None
            _install(here, done, asked, log, outcome, compare, found)
            outcome.parity = lines().result() if here.described else []
    afterwards.run(here, target, outcome.build_id, log.say, revised=outcome.revised)
    tasks.run_here("post-up", here.tasks.post_up, FolderShell(here.root), log.say)
    return True


def _behind(outcome: Outcome, log: Log, line: str) -> None:
    outcome.behind = line
    log.say(line)


# --- before the build -----------------------------------------------------------------------------


def _require_all(here: Draft, target: Target, peers: Peers, log: Log) -> None:
    """Name what the namespace lacks; raises `Refused` for what no pod can start without."""
    wanted = secrets_of(here.app, target.environment.name)
    there = here.cluster.secret_versions(target, wanted) if wanted else {}
    if faults := lacking.missing_secrets(here.app, target, there, target.kubectl):
        raise Refused(*faults)
    mount = here.platform.vault.mount if here.platform.vault else ""
    notices = lacking.vault_notices(here.app, target, mount)
    for each in (*notices, *lacking.caller_notices(peers, here.app.calls, target.namespace)):
        log.say(each)


def peers_now(here: Draft, target: Target) -> Peers:
    """Where partners are: beside this copy where they are or will be there, else as the platform says."""
    peers = peers_of(here.app, here.platform, target.environment) if here.described else {}
    return {
        word: {**peer, "namespace": target.namespace}
        if peer["name"] in here.together or here.pods.pods(replace(target, name=peer["name"]))
        else peer
        for word, peer in peers.items()
    }


# --- image and release ----------------------------------------------------------------------------


def workshop(here: Draft, chart: release.Chart | None = None) -> image.Workshop:
    """What builds; with a `chart` also where its pods find what is built."""
    from pipelinekit.adapters.build.engines import choose
    from pipelinekit.adapters.build.secrets import BuildSecrets
    from pipelinekit.adapters.cluster.pods.sharing import ClusterEngine

    sources = sources_of(here.root, here.app.build.folder, here.settings.dockerfile or "Dockerfile")
    engine = choose(os.environ, here.images, here.login, report.live)
    pulls = chart is None or pulled(here, chart)
    return image.Workshop(
        folder=sources.folder,
        dockerfile=sources.name,
        sources=sources,
        engine=engine,
        registry=here.images,
        secrets=BuildSecrets(os.environ),
        login=here.login,
        shared=None if pulls else ClusterEngine(engine, here.kube, here.context.name),
    )


def pulled(here: Draft, chart: release.Chart) -> bool:
    """Whether the chart, or what is set over its values, has images pulled at each start."""
    return always_pulls((*chartcopy.texts(chart.folder), json.dumps(sets_of(here))))


def sets_of(here: Draft) -> dict[str, Any]:
    """What is set over the chart's values for this copy."""
    return read_sets(here.settings.set, "draft.toml", f"environments.{here.words.environment}.set")


def hosts_of(here: Draft, target: Target) -> dict[str, Any]:
    """What is laid over the chart's values so that this copy has names of its own."""
    return place.hosts(here.app.processes_in(target.environment.name), target.namespace)


@contextmanager
def chart_of(here: Draft, target: Target) -> Iterator[release.Chart]:
    """The chart as it is now, and its values."""
    source = chartcopy.find(here.root, here.settings.chart)
    with momentary.folder() as scratch:
        folder = Path(scratch, source.name)
        digest = chartcopy.copied(source, here.root, folder)
        own, there = "values.yaml", f"values-{target.environment.name}.yaml"
        yield release.Chart(
            folder=folder,
            digest=digest,
            values=read_values(chartcopy.text(folder, own, source), str(source / own)),
            environment=chartcopy.text(folder, there, source),
        )


def prepared(
    here: Draft,
    target: Target,
    chart: release.Chart,
    built: Built,
    peers: Peers,
    state: ReleaseState | None,
    log: Log,
    develop: Develop | None = None,
) -> Prepared:
    """What goes to the cluster, and the login that pods pull with."""
    login = here.login(built.repository.partition("/")[0])
    wishes = release.Wishes(
        hosts=hosts_of(here, target),
        sets=sets_of(here),
        peers=peers,
        develop=develop(chart, built) if develop else {},
        pull_secret=login is not None,
        owner=ground.owner_of(here, target),
    )
    return release.prepare(here.plan, target, chart, built, wishes, state, here.cluster, log.say)


def _begun(here: Draft, target: Target, asked: Asked, stack: ExitStack) -> release.Chart:
    chart = stack.enter_context(chart_of(here, target))
    stack.enter_context(early.helm(here, target, chart, asked.timeout))
    return chart


def _install(
    here: Draft,
    prepared: Prepared,
    asked: Asked,
    log: Log,
    outcome: Outcome,
    meanwhile: Callable[[], object],
    found: Found | None,
) -> None:
    """Bring it into the cluster; `meanwhile` is called when that begins, `found` is what was seen there."""

    def say(line: str) -> None:
        meanwhile()
        log.say(line)

    def survey(each: Prepared) -> Sequence[Finding]:
        # A chart may need the cluster to be rendered; what is wrong with one Helm says in its turn.
        rendered = partial(here.helm.render, each.archive, each.target, each.layers)
        return early.tried(lambda: unwaited(each.target, rendered())) or ()

    texts = (*chartcopy.texts(prepared.archive), repr(prepared.values))
    receipt, did = release_steps.deploy(
        prepared,
        releases=here.helm,
        cluster=here.cluster,
        objects=here.objects,
        receipts=Forgetful(),
        timeout=asked.timeout,
        say=say,
        # To render takes its time: it is done for charts that may have something to be found.
        survey=survey if waiting.speaks_of_them(texts) else None,
        early=found,
    )
    outcome.revision, outcome.revised = receipt.revision, did.acted
