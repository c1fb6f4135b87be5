"""The world of the steps, in memory: an engine, a registry, Helm, a cluster, an application's folder.

Each double keeps state and behaves as the real thing does where it matters here: a registry lets a tag be
moved and forgets nothing by itself, an engine gives every build an image of its own, Helm leaves a pending
record behind when it is killed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pipelinekit.errors import CheckFailed, Fault, failed, refused
from pipelinekit.generators.configxml import FOLDER, MULTIBRANCH, PIPELINE
from pipelinekit.model import receipts
from pipelinekit.model.deployment import Look, Object
from pipelinekit.model.jenkins.jobplan import Found
from pipelinekit.model.jenkins.jobrun import Console, Ticket
from pipelinekit.model.jenkins.marker import read_marker
from pipelinekit.model.ledger import (
    MOVED,
    UNREACHABLE,
    Anchor,
    Entry,
    Event,
    History,
    Writer,
    may_not_write,
    with_seen,
)
from pipelinekit.model.platform.document import Cluster as PlatformCluster
from pipelinekit.model.preparation import MARK, PLATFORM_LABEL, Ground
from pipelinekit.model.receipts import R, Receipt
from pipelinekit.model.release import (
    BuildPlan,
    Credentials,
    ImageRef,
    ReleaseState,
    Target,
    TaskPod,
    TestRun,
)
from pipelinekit.model.stored import Running, Stored
from pipelinekit.model.testing import Totals
from pipelinekit.model.tree import File, Tree
from pipelinekit.model.trouble import Trouble
from pipelinekit.plan.ledger.body import same
from pipelinekit.ports import RIVAL, Say
from pipelinekit.reading.configxml import read_config
from pipelinekit.reading.values import overlay, read_values
from tests.things import Things, deployment_of


def digest(data: bytes | str) -> str:
    """`sha256:` and the hex digest."""
    return "sha256:" + hashlib.sha256(data if isinstance(data, bytes) else data.encode()).hexdigest()


class Receipts:
    """Receipts as they are on disk: as text."""

    def __init__(self) -> None:
        self.texts: dict[tuple[str, str], str] = {}

    def load(self, kind: type[R], name: str = "") -> R | None:
        text = self.texts.get((kind.verb, name))
        return receipts.from_json(text, kind, f"{kind.verb}.json") if text is not None else None

    def save(self, receipt: Receipt, name: str = "") -> None:
        self.texts[receipt.verb, name] = receipts.to_json(receipt)


@dataclass
class Reports:
    """What the next test run will leave behind, and a folder that is empty before it."""

    left: Totals = field(default_factory=Totals)
    names: tuple[str, ...] = ("tests.xml",)
    cleared: bool = False

    def clear(self) -> Path:
        self.cleared = True
        return Path("reports")

    def collect(self) -> tuple[Totals, tuple[str, ...]]:
        assert self.cleared, "reports of an earlier run would be counted"
        return self.left, self.names


@dataclass
class Shell:
    """Runs nothing; a command that is in `broken` fails."""

    ran: list[str] = field(default_factory=list)
    broken: frozenset[str] = frozenset()

    def run(self, command: str, say: Say) -> None:
        say(f"$ {command}")
        self.ran.append(command)
        if command in self.broken:
            raise failed("around-failed", f"`{command}` ended with 1")


class Repositories:
    """Repositories in memory: commits by address, and the files at each."""

    def __init__(self) -> None:
        self.heads: dict[str, str] = {}
        self.tags: dict[tuple[str, str], str] = {}
        self.files: dict[tuple[str, str], str] = {}
        self.reads: list[str] = []

    def put(self, address: str, commit: str, path: str, text: str) -> None:
        self.heads[address] = commit
        self.files[address, path] = text

    def head(self, repository: str, branch: str) -> str:
        if repository not in self.heads:
            raise failed("repository-unreachable", f"git cannot read {repository}")
        return self.heads[repository]

    def tag(self, repository: str, name: str) -> str:
        if repository not in self.heads:
            raise failed("repository-unreachable", f"git cannot read {repository}")
        return self.tags.get((repository, name), "")

    def read(self, repository: str, branch: str, commit: str, path: str) -> str:
        assert commit == self.heads[repository]
        self.reads.append(repository)
        return self.files[repository, path]


class Registry:
    """Repositories of manifests by digest, and tags that point at them."""

    def __init__(self) -> None:
        self.tags: dict[tuple[str, str, str], str] = {}
        self.manifests: dict[tuple[str, str, str], dict[str, Any]] = {}
        self.attached: dict[str, dict[str, bytes]] = {}
        """What refers to a digest, by its kind."""
        self.uploads = 0
        self.forgetful = False
        """Whether it takes what it is given and does not have it afterwards."""
        self.silent = False
        """Whether nobody answers."""
        self.allow_once = False
        """Whether a tag that is there stays where it is."""
        self.meddler: Callable[[Registry], None] | None = None
        """Somebody who is quicker: called just before a tag is given."""

    def store(self, ref: ImageRef, manifest: dict[str, Any]) -> str:
        """Put a manifest under a tag, in the place of what was there."""
        self.uploads += 1
        content = {key: each.hex() if isinstance(each, bytes) else each for key, each in manifest.items()}
        made = digest(json.dumps(content, sort_keys=True))
        if not self.forgetful:
            self.manifests[ref.registry, ref.repository, made] = manifest
            self.tags[ref.registry, ref.repository, ref.tag] = made
        return made

    def delete(self, ref: ImageRef) -> None:
        """Take a tag and what it points at away, as somebody who tidies up does."""
        gone = self.tags.pop((ref.registry, ref.repository, ref.tag))
        del self.manifests[ref.registry, ref.repository, gone]

    def digest_of(self, ref: ImageRef) -> str | None:
        if self.silent:
            raise failed("registry-unreachable", f"{ref.registry} does not answer")
        if ref.digest:
            return ref.digest if (ref.registry, ref.repository, ref.digest) in self.manifests else None
        return self.tags.get((ref.registry, ref.repository, ref.tag))

    def labels_of(self, ref: ImageRef) -> Mapping[str, str]:
        labels: Mapping[str, str] = self._manifest(ref).get("labels", {})
        return labels

    def built(self, ref: ImageRef) -> str:
        moment: str = self._manifest(ref).get("built", "2026-01-01T00:00:00Z")
        return moment

    def tag(self, ref: ImageRef, tag: str) -> str:
        found = self.digest_of(ref)
        if found is None:
            raise failed("registry-failed", f"{ref} is unknown")
        if self.meddler:
            self.meddler(self)
        if self.allow_once and (ref.registry, ref.repository, tag) in self.tags:
            raise refused("version-taken", f"{ref} is there already, and the registry replaces nothing")
        self.tags[ref.registry, ref.repository, tag] = found
        return found

    def bring_chart(self, ref: ImageRef, archive: Path, chart: Mapping[str, object]) -> None:
        """Nothing that anybody could see."""

    def digest_to_be(self, archive: Path, chart: Mapping[str, object]) -> str:
        return digest(
            json.dumps({"chart": archive.read_bytes().hex(), "config": dict(chart)}, sort_keys=True)
        )

    def publish_chart(self, ref: ImageRef, archive: Path, chart: Mapping[str, object]) -> str:
        return self.store(ref, {"chart": archive.read_bytes(), "config": dict(chart)})

    def chart_layer(self, ref: ImageRef) -> str:
        if "chart" not in self._manifest(ref):
            raise failed("not-a-chart", f"{ref} is no Helm chart")
        return digest(self._manifest(ref)["chart"])

    def fetch_chart(self, ref: ImageRef, to: Path) -> None:
        self.chart_layer(ref)
        to.parent.mkdir(parents=True, exist_ok=True)
        to.write_bytes(self._manifest(ref)["chart"])

    def images_of(self, ref: ImageRef) -> list[ImageRef]:
        found = self.digest_of(ref) or ""
        children: list[str] = self._manifest(ref).get("children", [found])
        return [ImageRef(ref.registry, ref.repository, digest=each) for each in children]

    def kinds_at(self, ref: ImageRef) -> frozenset[str]:
        return frozenset(self.attached.get(ref.digest, {}))

    def attach(self, ref: ImageRef, kind: str, content: bytes) -> str:
        self.attached.setdefault(ref.digest, {})[kind] = content
        return digest(content)

    def _manifest(self, ref: ImageRef) -> dict[str, Any]:
        found = self.digest_of(ref)
        if found is None:
            raise failed("registry-failed", f"{ref.registry} answered 404: {ref} is unknown")
        return self.manifests[ref.registry, ref.repository, found]


class Describer:
    """Knows what an image is made of: itself."""

    kind = "application/spdx+json"

    def describe(self, ref: ImageRef) -> bytes:
        return f"made of {ref.digest}".encode()


@dataclass
class Signer:
    """One key, and what has its signature."""

    signatures: set[str] = field(default_factory=set)

    def signed(self, ref: ImageRef) -> bool:
        return ref.digest in self.signatures

    def sign(self, ref: ImageRef) -> None:
        self.signatures.add(ref.digest)


@dataclass
class Sources:
    """An application's folder as a build sees it."""

    text: str = "FROM scratch AS build\nFROM build AS test\nFROM scratch\n"
    content: str = "sources"
    secret: tuple[str, ...] = ()

    def left_out(self) -> tuple[str, ...]:
        return self.secret

    def dockerfile(self) -> str:
        return self.text

    def digest(self) -> str:
        return digest(self.text + self.content)


@dataclass
class Secrets:
    """What the one who builds knows: texts by id, logins by ecosystem."""

    texts: dict[str, str] = field(default_factory=dict)
    logins: dict[str, Credentials] = field(default_factory=dict)
    pipeline: bool = False

    def in_pipeline(self) -> bool:
        return self.pipeline

    def text(self, identifier: str) -> str:
        return self.texts.get(identifier, "")

    def login(self, ecosystem: str) -> Credentials | None:
        return self.logins.get(ecosystem)


class Engine:
    """A container engine that pushes to one registry; no two of its builds give the same image."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self.images: dict[str, BuildPlan] = {}
        self.builds = 0
        self.next_run = TestRun(exit_code=0, output="")
        self.broken = False

    def image_id(self, ref: str) -> str | None:
        return ref if ref in self.images else None

    def build(self, plan: BuildPlan, context: Path, say: Say) -> str:
        del context
        if self.broken:
            raise failed("build-failed", "a step ended with 1")
        self.builds += 1
        say(f"Step 1: {plan.ref}")
        made = digest(f"{plan.ref} {self.builds}")
        self.images[made] = plan
        return made

    def run_tests(self, image: str, reports: Path, say: Say) -> TestRun:
        del reports, say
        assert image in self.images, "the real engine has no such image"
        return self.next_run

    def push(self, image_id: str, ref: ImageRef, credentials: Credentials | None, say: Say) -> str:
        del credentials
        if image_id not in self.images:
            raise failed("push-failed", f"no such image: {image_id}")
        say(f"pushing {ref}")
        return self.registry.store(ref, {"image": image_id, "labels": dict(self.images[image_id].labels)})


@dataclass
class Workspace:
    """An application's folder: generated files in memory, working folders below `root`.

    `kill_after` is how many writes it survives: the one after them raises `Killed`, as a power cut does.
    """

    root: Path = Path("unused")
    texts: dict[str, str] = field(default_factory=dict)
    lock: str | None = None
    base: dict[str, File] | None = None
    writes: list[str] = field(default_factory=list)
    kill_after: int | None = None
    unreadable: frozenset[str] = frozenset()

    def read_texts(self, paths: Iterable[str]) -> dict[str, str]:
        asked = list(paths)
        blocked = sorted(self.unreadable.intersection(asked))
        if blocked:
            raise failed("path-blocked", f"{blocked[0]} is a folder where a file should be")
        return {path: self.texts[path] for path in asked if path in self.texts}

    def read_lock(self) -> str | None:
        return self.lock

    def read_base(self) -> Tree | None:
        return self.base

    def write(self, write: Mapping[str, File], remove: Iterable[str]) -> None:
        for path, file in write.items():
            self._survive(path)
            self.texts[path] = file.text
        for path in remove:
            self._survive(path)
            self.texts.pop(path, None)

    def move(self, old: str, new: str) -> None:
        self._survive(new)
        self.texts[new] = self.texts.pop(old)

    def working_folder(self, name: str) -> Path:
        folder = self.root / ".pipelinekit" / name
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def write_lock(self, text: str) -> None:
        self._survive("lock")
        self.lock = text

    def write_base(self, base: Tree) -> None:
        self._survive("base")
        self.base = dict(base)

    def _survive(self, what: str) -> None:
        if self.kill_after is not None and len(self.writes) >= self.kill_after:
            raise Killed
        self.writes.append(what)


class Killed(BaseException):
    """The process is gone; no code of ours runs any more."""


class Charts:
    """Archives charts as JSON of their texts; charts whose values are no YAML do not pass the linter."""

    def lint(self, folder: Path, replaced: Mapping[str, str], trial: str, name: str, *, root: Path) -> None:
        for text in (*replaced.values(), trial):
            read_values(text, name)

    def package(
        self, folder: Path, replaced: Mapping[str, str], trial: str, to: Path, name: str, *, root: Path
    ) -> Path:
        texts = {
            path.relative_to(folder).as_posix(): path.read_text()
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }
        texts |= replaced
        for each in ("Chart.yaml", "values.yaml"):
            read_values(texts[each], each)
        read_values(trial, "trial")
        version = read_values(texts["Chart.yaml"], "Chart.yaml")["version"]
        archive = to / f"{name}-{version}.tgz"
        archive.write_text(json.dumps(texts, sort_keys=True))
        return archive

    def texts(self, archive: Path, names: Iterable[str]) -> dict[str, str]:
        packed: dict[str, str] = json.loads(archive.read_text())
        return {name: packed[name] for name in names if name in packed}

    def digests(self, archive: Path) -> dict[str, str]:
        packed: dict[str, str] = json.loads(archive.read_text())
        return {name: digest(text) for name, text in packed.items()}

    def render(self, archive: Path, target: Target, values: Sequence[str]) -> str:
        """Each of the chart's templates as it is, and one object of all values."""
        packed: dict[str, str] = json.loads(archive.read_text())
        texts = [text for name, text in sorted(packed.items()) if name.startswith("templates/")]
        data: dict[str, Any] = {}
        for text in (packed["values.yaml"], *values):
            data = overlay(data, read_values(text, "values"))
        content = json.dumps(data, sort_keys=True)
        given = f"kind: ConfigMap\nmetadata:\n  name: {target.name}\ndata: {content}\n"
        return "---\n".join(["", given, *texts])


@dataclass
class Record:
    """Helm's record of one revision of a release."""

    status: str
    values: Mapping[str, object]
    manifest: str
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Cluster:
    """Namespaces, the records of releases in them, and what is wrong with the pods."""

    namespaces: set[str] = field(default_factory=set)
    records: dict[tuple[str, str], dict[int, Record]] = field(default_factory=dict)
    wrong: list[Trouble] = field(default_factory=list)
    logs: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """What the pods in trouble said last, as long as they are there."""
    deleted: list[str] = field(default_factory=list)
    may_delete: bool = True
    things: Things = field(default_factory=Things)
    """The objects of the charts that are installed."""
    task_pods: list[TaskPod] = field(default_factory=list)
    task_words: dict[str, str] = field(default_factory=dict)
    """By task: what it said last."""
    tasks_stay: bool = False
    """Whether the pods of tasks that were told to end do not go."""

    secrets: dict[str, str] | None = field(default_factory=dict)
    """Versions of Secrets by name; None: they may not be read."""

    def secret_versions(self, target: Target, names: Sequence[str]) -> Mapping[str, str] | None:
        del target
        if self.secrets is None:
            return None
        return {name: version for name, version in self.secrets.items() if name in names}

    read: set[str] = field(default_factory=set)
    """The Secrets that all running containers have begun after."""

    def have_read(self, target: Target, names: Sequence[str]) -> bool:
        del target
        return set(names) <= self.read

    def tasks(self, target: Target) -> tuple[TaskPod, ...]:
        del target
        return tuple(self.task_pods)

    def end_tasks(self, target: Target) -> None:
        del target
        if not self.tasks_stay:
            self.task_pods.clear()

    def task_lines(self, target: Target, pod: str, container: str) -> str:
        del target, pod
        return self.task_words.get(container, "")

    def ensure_namespace(self, target: Target) -> bool:
        made = target.namespace not in self.namespaces
        self.namespaces.add(target.namespace)
        return made

    def troubles(self, target: Target, *, since: float = 0) -> tuple[Trouble, ...]:
        del target, since
        return tuple(self.wrong)

    def last_lines(self, target: Target, trouble: Trouble) -> tuple[str, ...]:
        del target
        return self.logs.get(trouble.subject, ())

    def free(self, target: Target, pod: str) -> str:
        del target
        if not self.may_delete:
            return "pods is forbidden"
        self.deleted.append(pod)
        self.wrong = [each for each in self.wrong if each.stuck != pod]
        return ""

    def release_labels(self, target: Target, revision: int) -> Mapping[str, str] | None:
        record = self.records.get((target.namespace, target.name), {}).get(revision)
        return record.labels if record else None

    def drop_release(self, target: Target, revision: int) -> None:
        self.records.get((target.namespace, target.name), {}).pop(revision, None)


@dataclass
class Namespaces:
    """Namespaces with their objects by name; what is applied is laid over what is there."""

    there: dict[str, dict[str, Any]] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    writes: int = 0
    denied: set[str] = field(default_factory=set)
    """The namespaces that nobody may write to."""

    def ground(self, target: Target) -> Ground:
        objects = self.there.get(target.namespace, {})
        programs = tuple(each for each in objects.values() if each["kind"] == "Deployment")
        return Ground(namespace=objects.get(f"Namespace/{target.namespace}"), programs=programs)

    def ours(self, target: Target, platform: str) -> tuple[str, ...]:
        marks = {MARK: "pipelinekit", PLATFORM_LABEL: platform}
        return tuple(
            name
            for name, each in self.there.get(target.namespace, {}).items()
            if each["kind"] != "Namespace" and marks.items() <= each["metadata"].get("labels", {}).items()
        )

    def look(self, target: Target, objects: Sequence[Object]) -> Look:
        there = self.there.get(target.namespace, {})
        names = [f"{each['kind']}/{each['metadata']['name']}" for each in objects]
        applied = [_laid(there.get(name, {}), each) for name, each in zip(names, objects, strict=True)]
        live = [there[name] for name in names if name in there]
        return Look(live=live, applied=applied if there else (), refused=self.refused)

    def apply(self, target: Target, objects: Sequence[Object]) -> None:
        if target.namespace in self.denied:
            raise failed("cluster-denied", f"the cluster refuses: {target.namespace}")
        there = self.there.setdefault(target.namespace, {})
        for each in objects:
            self.writes += 1
            name = f"{each['kind']}/{each['metadata']['name']}"
            there[name] = _laid(there.get(name, {}), each)

    def remove(self, target: Target, names: Sequence[str]) -> None:
        for name in names:
            self.writes += 1
            del self.there[target.namespace][name]


def _laid(below: Any, above: Any) -> Any:
    if not isinstance(below, Mapping) or not isinstance(above, Mapping):
        return above
    return {**below, **{name: _laid(below.get(name), each) for name, each in above.items()}}


class Releases:
    """Helm against a cluster. Pods that have something wrong with them do not get ready."""

    owns = True

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.rivals: list[Callable[[], None]] = []
        """What somebody else does at the very moment of an installation; it then comes too late."""
        self.living: set[str] = set()
        """The owners whose process still runs."""
        self.elsewhere: set[str] = set()
        """Owners on other machines: whether they live cannot be told."""
        self.tests_fail = ""
        self.tests_run = 0
        self.no_way_back = ""
        self.waiting: Callable[[], None] = lambda: None
        """What happens in the cluster while Helm waits."""

    def state(self, target: Target) -> ReleaseState | None:
        records = self.cluster.records.get((target.namespace, target.name), {})
        if not records:
            return None
        revision = max(records)
        found = records[revision]
        return ReleaseState(
            revision=revision, status=found.status, values=found.values, manifest=found.manifest
        )

    def install(
        self,
        target: Target,
        archive: Path,
        values: Sequence[str],
        *,
        timeout: int,
        hopeless: Callable[[], bool],
    ) -> ReleaseState:
        del timeout
        if self.rivals:
            self.rivals.pop(0)()
            raise failed(RIVAL, "helm: release: already exists")
        if target.namespace not in self.cluster.namespaces:
            raise failed("deploy-failed", f'helm: namespaces "{target.namespace}" not found')
        given, manifest = self._rendered(target, archive, values)
        records = self.cluster.records.setdefault((target.namespace, target.name), {})
        revision = max(records, default=0) + 1
        before = [each.manifest for each in records.values()]
        records[revision] = Record("deployed", given, manifest)
        self.cluster.things.install(manifest, before[-1] if before else "")
        self.waiting()
        if hopeless() or self.cluster.wrong:
            records[revision].status = "failed"
            raise failed("deploy-failed", "helm: context deadline exceeded")
        for older in records:
            if older != revision:
                records[older].status = "superseded"
        return ReleaseState(revision=revision, status="deployed", values=given, manifest=manifest)

    def last_good(self, target: Target) -> int | None:
        records = self.cluster.records.get((target.namespace, target.name), {})
        return max((each for each, record in records.items() if record.status == "deployed"), default=None)

    def back(self, target: Target, revision: int, *, timeout: int, hopeless: Callable[[], bool]) -> None:
        del timeout
        records = self.cluster.records[target.namespace, target.name]
        good = records[revision]
        new = max(records) + 1
        records[new] = Record("failed", good.values, good.manifest)
        if self.no_way_back:
            raise failed("rollback-failed", self.no_way_back)
        self.cluster.wrong = [each for each in self.cluster.wrong if each.stuck]
        hopeless()
        self.cluster.things.install(good.manifest, records[new - 1].manifest)
        good.status, records[new].status = "superseded", "deployed"

    def preview(self, target: Target, archive: Path, values: Sequence[str]) -> str:
        return self._rendered(target, archive, values)[1]

    def _rendered(self, target: Target, archive: Path, values: Sequence[str]) -> tuple[dict[str, Any], str]:
        """The values as one, and what the chart's templates say: its objects, with the values' digest."""
        packed: dict[str, str] = json.loads(archive.read_text())
        given: dict[str, Any] = {}
        for text in values:
            given = overlay(given, read_values(text, "values"))
        own = overlay(read_values(packed.get("values.yaml", ""), "values"), given)
        mark = digest(archive.read_bytes() + json.dumps(given, sort_keys=True).encode())
        manifest = json.dumps(deployment_of(target.name, own, mark))
        more = [text for name, text in sorted(packed.items()) if name.startswith("templates/")]
        return given, "\n---\n".join([manifest, *more])

    def holder(self, labels: Mapping[str, str]) -> tuple[bool | None, float]:
        owner, until = labels.get("owner", ""), float(labels.get("until", 0))
        return (None if owner in self.elsewhere else owner in self.living), until

    def test(self, target: Target, say: Say) -> None:
        self.tests_run += 1
        say(f"GET http://{target.name}/")
        if self.tests_fail:
            raise CheckFailed(Fault("verify-failed", self.tests_fail))


@dataclass
class Store:
    """A registry: manifests by digest, tags that name them, the digests of what refers to them."""

    manifests: dict[str, Stored] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    referrers: dict[str, list[str]] = field(default_factory=dict)

    def all(self) -> list[Stored]:
        found = []
        for digest, each in self.manifests.items():
            tags = tuple(tag for tag, named in self.tags.items() if named == digest)
            if tags:
                found.append(
                    Stored(
                        registry=each.registry,
                        repository=each.repository,
                        digest=digest,
                        tags=tags,
                        made=each.made,
                        parts=each.parts,
                        needs=each.needs,
                    )
                )
        return found

    def tags_of(self, stored: Stored) -> list[str]:
        return [tag for tag, named in self.tags.items() if named == stored.digest]

    def delete(self, stored: Stored) -> list[str] | None:
        there = self.manifests.pop(stored.digest, None) is not None
        self.tags = {tag: named for tag, named in self.tags.items() if named != stored.digest}
        return self.referrers.pop(stored.digest, []) if there else None


@dataclass
class Clusters:
    """What each cluster runs; a silent one does not answer."""

    runs: dict[str, Running] = field(default_factory=dict)
    silent: set[str] = field(default_factory=set)

    def running(self, cluster: PlatformCluster) -> Running:
        if cluster.name in self.silent:
            raise failed("cluster-unreachable", "Connection refused")
        return self.runs.get(cluster.name, Running())


@dataclass
class Ledger:
    """Branches of entries, which count unless `may_not_write` says otherwise."""

    entries: dict[str, list[Entry]] = field(default_factory=dict)
    as_writer: Writer = field(default_factory=lambda: Writer(role="embedded"))
    """Who writes from now on."""
    gated: frozenset[str] = frozenset()
    silent: bool = False
    """Whether nobody answers."""
    expected: set[str] = field(default_factory=set)
    meddler: Callable[[Ledger], None] | None = None
    """Somebody who is quicker: called once, just before something is added."""

    def branches(self) -> tuple[str, ...]:
        self._answer()
        return tuple(sorted(self.entries))

    def history(self, branch: str) -> History:
        self._answer()
        there = tuple(self.entries.get(branch, ()))
        seen = with_seen(there)
        return History(
            entries=tuple(replace(each, seen=seen.get(each.commit)) for each in there),
            head=there[-1].commit if there else "",
        )

    def append(self, branch: str, events: Sequence[Event], *, after: str) -> History:
        self._answer()
        if self.meddler:
            meddler, self.meddler = self.meddler, None
            meddler(self)
        if after != self.history(branch).head:
            raise refused(MOVED, f"{branch} has moved on")
        for each in events:
            assert each.branch == branch, "an event stands on its own branch"
            there = self.entries.setdefault(branch, [])
            commit = hashlib.sha1(f"{branch} {len(there)} {each}".encode()).hexdigest()  # noqa: S324
            trouble = may_not_write(self.as_writer, each, self.gated)
            there.append(Entry(event=each, commit=commit, writer=self.as_writer, trouble=trouble))
        return self.history(branch)

    def writer(self) -> Writer:
        return self.as_writer

    def note(self, events: Sequence[Event]) -> str:
        known = self.history(events[0].branch).entries
        missing = [each for each in events if not any(same(there.event, each) for there in known)]
        self.add(*missing)
        return self.history(events[0].branch).head

    def expect(self, branch: str) -> None:
        self.expected.add(branch)

    def close(self) -> None:
        self.expected.clear()

    def add(self, *events: Event) -> None:
        """Add events, each to its branch, whatever stands there."""
        for each in events:
            self.append(each.branch, [each], after=self.history(each.branch).head)

    def _answer(self) -> None:
        if self.silent:
            raise refused(UNREACHABLE, "the ledger does not answer")


@dataclass
class Anchors:
    """What each environment remembers; one that is silent does not answer."""

    held: dict[str, Anchor] = field(default_factory=dict)
    silent: set[str] = field(default_factory=set)

    def mark(self, target: Target, anchor: Anchor) -> None:
        self._answer(target)
        self.held[target.environment.name] = anchor

    def marks(self, target: Target) -> tuple[Anchor, ...]:
        self._answer(target)
        there = self.held.get(target.environment.name)
        return (replace(there, where=f"Deployment/x in {target.environment.name}"),) if there else ()

    def _answer(self, target: Target) -> None:
        if target.environment.name in self.silent:
            raise failed("cluster-unreachable", "Connection refused")


@dataclass
class TagAnchors:
    """What is remembered beside each image."""

    held: dict[tuple[str, str, str], Anchor] = field(default_factory=dict)

    def mark(self, image: ImageRef, anchor: Anchor) -> None:
        self.held.setdefault((image.registry, image.repository, image.tag), anchor)

    def marks(self, image: ImageRef) -> tuple[Anchor, ...]:
        return tuple(
            replace(each, where=f"the tag {tag}")
            for (registry, repository, tag), each in self.held.items()
            if (registry, repository) == (image.registry, image.repository)
        )


class Jobs:
    """A controller's jobs: texts by path. A path in `broken` cannot be posted."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self.posted: list[str] = []
        self.deleted: list[str] = []
        self.broken: set[str] = set()

    def items(self, roots: Iterable[str]) -> dict[str, Found]:
        found = {path: self._found(path) for path in self.texts}
        return {path: each for path, each in found.items() if path.partition("/")[0] in set(roots)}

    def _found(self, path: str) -> Found:
        config = read_config(self.texts[path])
        kinds = {FOLDER: "folder", MULTIBRANCH: "multibranch", PIPELINE: "pipeline"}
        return Found(
            path=path,
            kind=kinds.get(config.root, config.root),
            disabled=config.disabled,
            marker=read_marker(self.texts[path]),
        )

    def config(self, path: str) -> str | None:
        return self.texts.get(path)

    def post(self, path: str, xml: str, *, create: bool) -> None:
        assert create is (path not in self.texts), path
        folder = path.rpartition("/")[0]
        if path in self.broken or (folder and folder not in self.texts):
            raise failed("jenkins-refused", f"Jenkins refuses {path} (400)")
        self.posted.append(path)
        self.texts[path] = xml

    def delete(self, path: str) -> None:
        self.deleted.append(path)
        self.texts = {
            each: text for each, text in self.texts.items() if not f"{each}/".startswith(f"{path}/")
        }


@dataclass
class Controller:
    """What a controller has; None is what this account may not see."""

    has: frozenset[str] | None = frozenset(
        (
            "cloudbees-folder",
            "workflow-job",
            "workflow-cps",
            "workflow-multibranch",
            "pipeline-groovy-lib",
            "git",
            "github-branch-source",
        )
    )
    versions: dict[str, str] = field(default_factory=dict)
    below: dict[str, tuple[str, ...]] = field(default_factory=dict)
    trusted: frozenset[str] | None = frozenset()
    stores: dict[str, frozenset[str] | None] = field(default_factory=dict)
    built: frozenset[str] = frozenset()
    asked: list[str] = field(default_factory=list)

    def version(self) -> str:
        return "2.479.3"

    def plugins(self) -> dict[str, str] | None:
        return None if self.has is None else {each: self.versions.get(each, "999.v0") for each in self.has}

    def folders(self, path: str) -> tuple[str, ...]:
        return self.below.get(path, ())

    def trusted_libraries(self) -> frozenset[str] | None:
        return self.trusted

    def credential_ids(self, folder: str) -> frozenset[str] | None:
        self.asked.append(folder)
        return self.stores.get(folder, frozenset())

    def paths_with_builds(self, paths: Iterable[str]) -> frozenset[str]:
        return self.built & frozenset(paths)


@dataclass
class Builds:
    """One build: it waits `queue` looks, then says the pieces of its console, one a look.

    A piece that is an error is what the controller answers at that look.
    """

    queue: int = 1
    pieces: list[str | Exception] = field(default_factory=list)
    ends: str = "SUCCESS"
    cancelled: bool = False
    said: int = 0
    stopped: list[int | None] = field(default_factory=list)

    def trigger(self, path: str, parameters: Mapping[str, str]) -> Ticket:
        return Ticket(path=path, item=7, next_number=1, session="s")

    def started(self, ticket: Ticket) -> int | None:
        if self.cancelled:
            raise refused("build-cancelled", f"{ticket.path} was taken out of the queue")
        self.queue -= 1
        return None if self.queue >= 0 else 1

    def why_waiting(self, ticket: Ticket) -> str:
        return "In the quiet period"

    def console(self, path: str, number: int, offset: int) -> Console:
        assert offset == self.said * 1000, "an offset is Jenkins' own count"
        piece = self.pieces[self.said] if self.said < len(self.pieces) else ""
        if isinstance(piece, Exception):
            self.pieces.remove(piece)
            raise piece
        self.said += self.said < len(self.pieces)
        return Console(text=piece, offset=self.said * 1000, more=self.said < len(self.pieces))

    def result(self, path: str, number: int) -> str:
        return self.ends

    def stop(self, path: str, number: int | None, ticket: Ticket) -> None:
        self.stopped.append(number)
