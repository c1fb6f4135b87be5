"""Asking tools, addresses and credentials whether they would work, before anything depends on it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from functools import partial
from typing import Literal

from pipelinekit.adapters.build import engines
from pipelinekit.adapters.build.secrets import BuildSecrets
from pipelinekit.adapters.cluster.charts.helm import Helm
from pipelinekit.adapters.cluster.ground import rights as namespaces
from pipelinekit.adapters.cluster.kubernetes import Kubernetes
from pipelinekit.adapters.registry.login import credentials, dockerconfig
from pipelinekit.adapters.registry.oci import OciRegistry
from pipelinekit.adapters.running import process, programs
from pipelinekit.adapters.source import git, worktree
from pipelinekit.adapters.source.addresses import address as git_address
from pipelinekit.adapters.web import plainhttp
from pipelinekit.counts import counted
from pipelinekit.errors import Fault, PipelinekitError, ToolFailed, ToolMissing, failed
from pipelinekit.model.ground.preflight import Rule
from pipelinekit.model.platform.document import Environment, Platform
from pipelinekit.model.platform.packages import MIRROR
from pipelinekit.model.release import Credentials, Target
from pipelinekit.plan.inputs import HUB, HUB_API
from pipelinekit.plan.preflight import rights as rights_of
from pipelinekit.ports import SILENT
from pipelinekit.records import dataclass

OLDEST = {"git": git.OLDEST, "helm": "3.17", "kubectl": "1.28", "docker": "20.10", "buildah": "1.28"}
"""The oldest version of a tool that works."""


MOST_ASKED = 20
"""Applications, and namespaces, whose rights are asked for."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What asking gave: `detail` is a version or a reason, `hint` what to do about it."""

    subject: str
    state: Literal["ok", "notice", "missing", "failed"]
    detail: str
    hint: str = ""


Probe = tuple[str, Callable[[], str]]
"""What is asked, and the question: it returns a detail, or raises with a reason."""


def tools(env: dict[str, str], platform: Platform) -> list[Probe]:
    """The programs that the verbs drive on this platform."""
    probes: list[Probe] = [
        ("git", lambda: _recent("git", git.version())),
        ("helm", lambda: _recent("helm", Helm(env).version())),
        ("kubectl", lambda: _recent("kubectl", Kubernetes(env).version())),
        ("engine", _engine),
    ]
    if platform.images.sbom:
        probes.append(("syft", lambda: process.check(["syft", "--version"]).split()[-1]))
    if platform.images.signing:
        probes.append(("cosign", lambda: _version_line(process.check(["cosign", "version"]))))
    return probes


def addresses(platform: Platform, env: dict[str, str]) -> list[Probe]:
    """Every address of a platform, asked with the credentials that are at hand here."""
    probes: list[Probe] = []
    if platform.images.registry:
        probes.append((f"registry {platform.images.registry}", lambda: _registry(platform.images.registry)))
    if platform.images.mirror_login or platform.images.mirror not in ("", HUB, platform.images.registry):
        mirror = platform.images.mirror.partition("/")[0]
        probes.append((f"mirror {mirror}", lambda: _mirror(mirror)))
    if platform.charts.repository:
        probes.append((f"charts {platform.charts.repository}", lambda: _charts(platform.charts.repository)))
    for ecosystem, proxy in platform.packages.items():
        if proxy.credentials:
            question = partial(_proxy, proxy.url, f"PK_{ecosystem.upper()}")
            probes.append((f"packages {ecosystem} {proxy.url}", question))
    if platform.jenkins:
        url = platform.jenkins.url
        probes.append((f"jenkins {url}", lambda: _jenkins(url)))
    if platform.ledger:
        probes.append(
            (f"ledger {worktree.without_credentials(platform.ledger)}", lambda: _git(platform.ledger))
        )
    for cluster in platform.clusters:
        name = f"cluster {cluster.name}" + (f" (context {cluster.context})" if cluster.context else "")
        probes.append((name, lambda context=cluster.context: _cluster(context, env)))  # type: ignore[misc]
    return [*probes, *rights(platform, env)]


def rights(platform: Platform, env: dict[str, str]) -> list[Probe]:
    """What the account may do where applications go, asked of the first few; nothing is tried."""
    targets = [
        Target(
            name=application.name,
            environment=each,
            namespace=each.namespace_of(application.team, application.name),
            context=platform.cluster_of(each).context,
        )
        for each in platform.environments
        for application in platform.applications[:MOST_ASKED]
    ]
    places = {(each.context, each.namespace): each for each in targets}
    if not places:
        contexts = dict.fromkeys(each.context for each in platform.clusters)
        return [(f"rights {each or 'of the account'}", partial(_guessed, each, env)) for each in contexts]
    return [
        (f"rights in {each.namespace} ({each.environment.name})", partial(_rights, each, env))
        for each in list(places.values())[:MOST_ASKED]
    ]


class Unseen(str):
    """An answer that says why there is none (nobody was let to look), or what is not done yet."""

    __slots__ = ()


def ask(probe: Probe) -> Finding:
    """The finding of one probe; it never raises for what the probe found."""
    subject, question = probe
    try:
        said = question()
        return Finding(subject, "notice" if isinstance(said, Unseen) else "ok", said)
    except ToolMissing as error:
        fault = error.faults[0]
        return Finding(subject, "missing", fault.problem, fault.hint)
    except PipelinekitError as error:
        fault = error.faults[0]
        return Finding(subject, "failed", fault.problem, fault.hint)


def _recent(tool: str, text: str) -> str:
    match = re.search(r"\d+(?:\.\d+)+", text)
    version = match[0] if match else ""
    if _numbers(version) < _numbers(OLDEST[tool]):
        found = f"{tool} is {version or 'of unknown version'}, {OLDEST[tool]} or later is needed"
        raise ToolMissing(Fault("tool-too-old", found, hint=programs.GET.get(tool, "")))
    return version


def _engine() -> str:
    from pipelinekit.adapters.build.buildah import BuildahEngine

    def login(host: str) -> Credentials | None:
        return credentials.for_registry(host, os.environ)

    engine = engines.choose(os.environ, OciRegistry(login), login)
    name = "buildah" if isinstance(engine, BuildahEngine) else "docker"
    return f"{name} {_recent(name, engine.version())}"


def _version_line(text: str) -> str:
    match = re.search(r"GitVersion:\s*v?(\S+)", text)
    return match[1] if match else "of unknown version"


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(each) for each in version.split(".")[:2] if each.isdigit())


def _registry(host: str) -> str:
    login = credentials.for_registry(host, os.environ)
    OciRegistry(lambda _: login).ping(host)
    return "answers" + (f", and takes user {login.user}" if login else ", anonymously")


def _mirror(host: str) -> str:
    login = BuildSecrets(os.environ).login(MIRROR) or credentials.from_docker_config(
        host, dockerconfig.usual() / dockerconfig.FILE
    )
    OciRegistry(lambda _: login).ping(HUB_API if host == HUB else host)
    return "answers" + (f", and takes user {login.user}" if login else ", anonymously")


def _charts(repository: str) -> str:
    if repository.startswith("oci://"):
        host = repository.removeprefix("oci://").partition("/")[0]
        login = credentials.for_registry(host, os.environ, purpose="CHARTS")
        OciRegistry(lambda _: login).ping(host)
        return "answers" + (f", and takes user {login.user}" if login else ", anonymously")
    return _http(f"{repository.rstrip('/')}/index.yaml", "PK_CHARTS")


def _jenkins(url: str) -> str:
    return _http(f"{url.rstrip('/')}/api/json?tree=mode", "PK_JENKINS")


def _proxy(url: str, prefix: str) -> str:
    # What it has at its very beginning is its own matter: nothing, or a list of everything.
    return _http(url, prefix, found=False)


def _http(url: str, prefix: str, *, found: bool = True) -> str:
    import requests

    from pipelinekit.adapters.web import exchange

    user, secret = os.environ.get(f"{prefix}_USER"), os.environ.get(f"{prefix}_PASSWORD")
    if user and secret:
        plainhttp.require_secure(url)
    auth = (user, secret) if user and secret else None
    try:
        # What it says beyond its first line is nobody's matter here.
        with exchange.Session().get(url, auth=auth, timeout=10, stream=True) as answer:
            pass
    except (requests.RequestException, exchange.Unbearable) as error:
        reason = str(error) if isinstance(error, exchange.Unbearable) else _reason(error)
        raise failed("unreachable", f"does not answer: {reason}", hint="is the address right?") from error
    if answer.status_code in {401, 403}:
        who = f"user {user}" if user else "anonymous access"
        raise failed(
            "denied", f"refuses {who} ({answer.status_code})", hint=f"set {prefix}_USER and {prefix}_PASSWORD"
        )
    if answer.status_code >= (400 if found else 500):
        raise failed("unreachable", f"answers {answer.status_code}", hint="is the address right?")
    return "answers" + (f", and takes user {user}" if user else "")


def _reason(error: Exception) -> str:
    """What the system said, where it said something; a library's own class names are nobody's words."""
    found = re.search(r"\[Errno -?\d+\] ([^'\")]+)|(timed out|certificate verify failed)", str(error))
    return (found[1] or found[2]) if found else "no connection"


def _git(address: str) -> str:
    with git.nowhere() as here:
        done = here.run(
            "ls-remote", "--heads", "--", git_address(address, what="ledger.repository"), timeout=30
        )
    if done.code:
        raise failed(
            "unreachable", f"git: {done.reason()}", hint="is the address right, and may you read it?"
        )
    return f"answers, {counted(len(done.out.splitlines()), 'branch')}"


def _cluster(context: str, env: dict[str, str]) -> str:
    return f"Kubernetes {Kubernetes(env).ping(context)}"


def _guessed(context: str, env: dict[str, str]) -> str:
    """Where no application is known, the context's own namespace says whether there are any rights."""
    place = namespaces.current_namespace(env, context)
    nowhere = Environment(name="", cluster="", namespace=place)
    target = Target(name="", environment=nowhere, namespace=place, context=context)
    rules = _rules(env, target)
    if isinstance(rules, Unseen):
        return rules
    missing = lacking(rules)
    if not missing:
        return f"may deploy in namespace {place}"
    return Unseen(f"may not deploy in namespace {place} ({missing}); whether elsewhere, no application tells")


def _rules(env: dict[str, str], target: Target) -> tuple[Rule, ...] | Unseen:
    """The rules that count there, or why nobody knows; that a cluster is silent its own probe tells."""
    try:
        rules = namespaces.asked(env, target)
    except ToolFailed as error:
        if error.faults[0].code in SILENT:
            return Unseen("not asked: the cluster does not answer, as above")
        raise
    return Unseen("the cluster does not tell") if rules is None else rules


def _rights(target: Target, env: dict[str, str]) -> str:
    rules = _rules(env, target)
    if isinstance(rules, Unseen):
        return rules
    missing = lacking(rules)
    if missing:
        hint = f"`{target.kubectl} auth can-i --list` shows what it may"
        raise failed("rights-missing", f"the account may not {missing}", hint=hint)
    return "may deploy"


def lacking(rules: tuple[Rule, ...]) -> str:
    """What an account may not do that every deployment has to, in a few words; empty when it may all."""
    missing = rights_of.lacking(rights_of.USUAL, rules)
    told = [f"{', '.join(verbs)} {resource}" for (_, resource), verbs in missing.items()]
    return "; ".join(told[:3]) + (f"; and {len(told) - 3} more" if len(told) > 3 else "")


ADDRESS: dict[str, Callable[[str], str]] = {
    "registry": _registry,
    "mirror": lambda address: _mirror(address.partition("/")[0]),
    "charts": _charts,
    "jenkins": _jenkins,
    "ledger": _git,
}
"""What to ask an address of that kind, with the credentials that are at hand here."""
