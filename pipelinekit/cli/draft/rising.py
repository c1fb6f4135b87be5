"""What `draft up` does: the folder runs in the developer's namespace, or the reason why not is said."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelinekit.adapters.folder import chartcopy
from pipelinekit.adapters.folder.shell import FolderShell
from pipelinekit.cli import report
from pipelinekit.cli.contexts import sources_of
from pipelinekit.cli.draft import parity
from pipelinekit.cli.draft.here import Draft
from pipelinekit.errors import Refused, ToolFailed
from pipelinekit.model.draft import BUILD_ID, Built
from pipelinekit.model.receipts import R, Receipt
from pipelinekit.model.release import ReleaseState, Target
from pipelinekit.plan.draft import lacking, place
from pipelinekit.plan.moment import DAY, moment
from pipelinekit.plan.release import peers_of
from pipelinekit.reading.draft.sets import read_sets
from pipelinekit.reading.values import read_values
from pipelinekit.steps import release as release_steps
from pipelinekit.steps.deploying.referenced import secrets_of
from pipelinekit.steps.innerloop import image, release, tasks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelinekit.model.draft import Place
    from pipelinekit.steps.deploying.deployment import Prepared

Peers = Mapping[str, Mapping[str, str]]

DAYS = 7
"""How long a developer's namespace lasts after its last use."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What one `up` is asked for."""

    timeout: int = 300


@dataclass(kw_only=True)
class Outcome:
    """What one `up` has done."""

    namespace: str
    tag: str = ""
    built: bool = False
    pushed: bool = False
    revised: bool = False
    revision: int = 0
    build_id: str = ""
    parity: list[str] = field(default_factory=list)
    sentence: str = ""

    def row(self) -> dict[str, Any]:
        """It as JSON has it."""
        row = {"namespace": self.namespace, "tag": self.tag, "built": self.built, "pushed": self.pushed}
        row |= {"revised": self.revised, "revision": self.revision, "buildID": self.build_id}
        return row | {"parity": self.parity, "sentence": self.sentence}


class Forgetful:
    """Receipts of a loop that asks the world each time."""

    def load(self, kind: type[R], name: str = "") -> R | None:
        """Nothing."""
        del kind, name
        return None

    def save(self, receipt: Receipt, name: str = "") -> None:
        """Nothing is kept."""
        del receipt, name


class Log:
    """What is said, and kept for `draft logs`."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def say(self, line: str) -> None:
        """One line of progress."""
        self.lines.append(line)
        report.say(line)


def bring_up(here: Draft, target: Target, asked: Asked) -> Outcome:
    """One `up`, from the guard that has let it through to the parity line."""
    log, outcome = Log(), Outcome(namespace=target.namespace)
    try:
        state = _ready_place(here, target)
        peers = peers_now(here, target)
        _require_all(here, target, peers, log)
        tasks.run_here("pre-up", here.tasks.pre_up, FolderShell(here.root), log.say)
        with report.alive("up"), chart_of(here, target) as chart:
            built = image.image_of(here.plan, workshop(here), here.settings.custom_tags, log.say)
            outcome.tag, outcome.built, outcome.pushed = built.tag, built.built, built.pushed
            done = prepared(here, target, chart, built, peers, state, log)
            outcome.build_id = str(done.values[BUILD_ID])
            # Rendered while Helm waits: the answer is there when it is asked for.
            with ThreadPoolExecutor(1) as pool:
                lines = pool.submit(parity.told, here, chart, built, done) if here.described else None
                _install(here, done, asked, log, outcome)
            outcome.parity = lines.result() if lines else []
        if outcome.revised:
            _after(here, target, outcome, log)
        tasks.run_here("post-up", here.tasks.post_up, FolderShell(here.root), log.say)
    finally:
        _keep(here, target, outcome.build_id, log)
    for line in outcome.parity:
        report.say(line)
    outcome.sentence = _sentence(target, outcome)
    return outcome


def _keep(here: Draft, target: Target, build: str, log: Log) -> None:
    if not build and not log.lines:
        return
    try:
        here.home.keep_log(target.name, build or release.build_id(), "\n".join(log.lines) + "\n")
    except ToolFailed as error:
        # Raised, it would hide how the `up` has ended.
        report.notice(f"what was said is not kept: {error}")


def _sentence(target: Target, outcome: Outcome) -> str:
    done = [word for word, did in (("built", outcome.built), ("pushed", outcome.pushed)) if did]
    verb = "runs" if outcome.revised else "runs already"
    how = f" ({', '.join(done)})" if done else " (not built)" if outcome.revised else ""
    return (
        f"{target.name} {outcome.tag[:12]} {verb} in {target.namespace} of {target.context}, "
        f"revision {outcome.revision}{how}"
    )


# --- before the build -----------------------------------------------------------------------------


def whose(here: Draft, target: Target) -> tuple[Place | None, ReleaseState | None]:
    """The namespace, and what is installed in it; raises `Refused` where either is somebody else's."""
    there = here.places.place(target)
    place.require_owner(there, target.namespace, here.developer)
    state = here.helm.state(target) if there else None
    release.require_ours(target, state)
    return there, state


def _ready_place(here: Draft, target: Target) -> ReleaseState | None:
    """Make the namespace ready; what is installed in it."""
    there, state = whose(here, target)
    mine = here.own or bool(there and there.owner)
    if there is None and not mine:
        here.cluster.ensure_namespace(target)
    host = here.platform.images.registry
    login = here.login(host) if host else None
    logins = {host: login} if login else {}
    here.places.prepare(target, labels_of(here) if mine else {}, moment(int(time.time())), logins)
    return state


def labels_of(here: Draft) -> dict[str, str]:
    """The labels of the developer's namespace."""
    days = int(here.config.get("days", DAYS))
    end = moment(int(time.time()) + days * DAY)[:10]
    # A chart of their own may need more than the generated one, which needs nothing.
    level = "restricted" if here.described else "baseline"
    return {
        place.MARK: "true",
        place.OWNER: place.owner_of(here.developer),
        place.END: end,
        "pod-security.kubernetes.io/enforce": level,
    }


def _require_all(here: Draft, target: Target, peers: Peers, log: Log) -> None:
    """Name what the namespace lacks; raises `Refused` for what no pod can start without."""
    wanted = secrets_of(here.app, target.environment.name)
    there = here.cluster.secret_versions(target, wanted) if wanted else {}
    command = f"kubectl --context {target.context} --namespace {target.namespace}"
    if faults := lacking.missing_secrets(here.app, target, there, command):
        raise Refused(*faults)
    mount = here.platform.vault.mount if here.platform.vault else ""
    notices = lacking.vault_notices(here.app, target, mount)
    for each in (*notices, *lacking.caller_notices(peers, here.app.calls, target.namespace)):
        log.say(each)


def peers_now(here: Draft, target: Target) -> Peers:
    """Where partners are: beside this copy where they have one there, else as the platform says."""
    peers = peers_of(here.app, here.platform, target.environment) if here.described else {}
    return {
        word: {**peer, "namespace": target.namespace}
        if here.pods.pods(replace(target, name=peer["name"]))
        else peer
        for word, peer in peers.items()
    }


# --- image and release ----------------------------------------------------------------------------


def workshop(here: Draft) -> image.Workshop:
    """What builds."""
    from pipelinekit.adapters.build.engines import choose
    from pipelinekit.adapters.build.secrets import BuildSecrets

    sources = sources_of(here.root, here.app.build.folder, here.settings.dockerfile or "Dockerfile")
    return image.Workshop(
        folder=sources.folder,
        dockerfile=sources.name,
        sources=sources,
        engine=choose(os.environ, here.images, here.login, report.live),
        registry=here.images,
        secrets=BuildSecrets(os.environ),
        login=here.login,
    )


@contextmanager
def chart_of(here: Draft, target: Target) -> Iterator[release.Chart]:
    """The chart as it is now, and its values."""
    source = chartcopy.find(here.root, here.settings.chart)
    with tempfile.TemporaryDirectory(prefix="pipelinekit-") as scratch:
        folder = Path(scratch, source.name)
        digest = chartcopy.copied(source, here.root, folder)
        own, there = folder / "values.yaml", folder / f"values-{target.environment.name}.yaml"
        yield release.Chart(
            folder=folder,
            digest=digest,
            values=read_values(own.read_text() if own.exists() else "", str(source / own.name)),
            environment=there.read_text() if there.exists() else "",
        )


def prepared(
    here: Draft,
    target: Target,
    chart: release.Chart,
    built: Built,
    peers: Peers,
    state: ReleaseState | None,
    log: Log,
) -> Prepared:
    """What goes to the cluster, and the login that pods pull with."""
    login = here.login(built.repository.partition("/")[0])
    wishes = release.Wishes(
        hosts=place.hosts(here.app.processes_in(target.environment.name), target.namespace),
        sets=read_sets(here.settings.set, "draft.toml", f"environments.{here.words.environment}.set"),
        peers=peers,
        pull_secret=login is not None,
    )
    return release.prepare(here.plan, target, chart, built, wishes, state, here.cluster, log.say)


def _install(here: Draft, prepared: Prepared, asked: Asked, log: Log, outcome: Outcome) -> None:
    receipt, did = release_steps.deploy(
        prepared,
        releases=here.helm,
        cluster=here.cluster,
        objects=here.objects,
        receipts=Forgetful(),
        timeout=asked.timeout,
        say=log.say,
    )
    outcome.revision, outcome.revised = receipt.revision, did.acted


def _after(here: Draft, target: Target, outcome: Outcome, log: Log) -> None:
    tasks.run_in_pods(here.tasks.post_deploy, target, outcome.build_id, here.pods, dict(os.environ), log.say)
