"""A cluster looked over by kubectl, with dry runs and questions alone: nothing is changed.

The values of Secrets stay with kubectl: it is asked for the names of their keys. A pull secret's login is
the exception, for the registry is asked with it; it never leaves this module.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from pipelinekit.adapters.cluster import answers, kubectl, refusals
from pipelinekit.adapters.cluster.direct import objects as direct
from pipelinekit.adapters.cluster.direct import ways
from pipelinekit.adapters.cluster.ground import rights
from pipelinekit.adapters.running import process
from pipelinekit.errors import PipelinekitError
from pipelinekit.model.ground.preflight import Needs, Object, Pull, Seen
from pipelinekit.model.release import Credentials, ImageRef, Target
from pipelinekit.plan.deploying.fields import titled

Login = Callable[[str], Credentials | None]

AT_ONCE = 8
"""How many questions are under way."""

_APPLY = ("apply", "--server-side", "--force-conflicts", "--field-manager=helm", "--validate=false")
_CREATE = ("create", "--validate=false", "--filename", "-")
"""kubectl's own validation wants rights that few have; the server validates anyway."""

_KEYS = '{{range $key, $value := .data}}{{$key}}{{"\\n"}}{{end}}'
_OWNERS = '{{range .metadata.ownerReferences}}{{.kind}}{{"\\n"}}{{end}}'
_WORKLOADS = frozenset(("Deployment", "StatefulSet", "Job", "PersistentVolumeClaim"))
_DEFAULT = "storageclass.kubernetes.io/is-default-class"
_SERVES = "ingressclass.kubernetes.io/is-default-class"
_NO_ANSWER = re.compile(
    r"connection to the server|Unable to connect|must be logged in|i/o timeout|no such host"
)
_NOISE = re.compile(
    r'^(?:Error from server(?: \(\w+\))?: |error: |error when (?:creating|patching) "[^"]*": )+'
)


class Preflight:
    """Clusters as a set of kubeconfig files reaches them, and registries as `exists` asks them.

    `exists` says whether a registry has an image, for a login (None goes anonymously); `login` is our own;
    `hosts` are the registries that may be asked.
    """

    def __init__(
        self,
        env: Mapping[str, str],
        exists: Callable[[ImageRef, Credentials | None], bool],
        login: Login,
        hosts: Collection[str],
    ) -> None:
        self.env, self.exists, self.login, self.hosts = env, exists, login, frozenset(hosts)

    def look(self, target: Target, needs: Needs) -> Seen:
        """What there is of what is needed; raises `ToolFailed` when the cluster does not answer."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            applied = pool.submit(self._applied, target, needs.objects)
            admitted = pool.submit(self._admitted, target, needs.pods)
            rules = pool.submit(rights.rules, self.env, target)
            places = {each or target.namespace: each for each in needs.places}
            quotas = {
                each: pool.submit(self._quotas, replace(target, namespace=name))
                for name, each in places.items()
            }
            live = pool.submit(self._live, target, needs.objects)
            ingresses = pool.submit(self._ingresses, target) if needs.ingresses else None
            pulled = {each: pool.submit(self._pulled, target, each) for each in needs.pulls}
            refused, made = applied.result()
            return replace(
                self._there(pool, target, needs),
                applied=refused,
                going=tuple(each for each in made if each["metadata"].get("deletionTimestamp")),
                admitted=admitted.result(),
                rules=rules.result(),
                quotas={place: each.result() for place, each in quotas.items()},
                live=live.result(),
                ingresses=ingresses.result() if ingresses else frozenset(),
                pulled={pull: each.result() for pull, each in pulled.items()},
            )

    def look_for(self, target: Target, needs: Needs) -> Seen:
        """The Secrets and storage classes alone; raises `ToolFailed` when the cluster does not answer."""
        if not needs.classes and not _secrets(needs):
            return Seen()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return self._there(pool, target, needs)

    def _there(self, pool: ThreadPoolExecutor, target: Target, needs: Needs) -> Seen:
        """What there is of the Secrets and storage classes."""
        secrets = {each: pool.submit(self._keys, target, each) for each in sorted(_secrets(needs))}
        classes, late = self._classes(target) if needs.classes else (frozenset(), frozenset())
        keys = {name: each.result() for name, each in secrets.items()}
        absent = frozenset(name for name, found in keys.items() if found is ABSENT)
        return Seen(
            secrets={name: found for name, found in keys.items() if name not in absent},
            absent=absent,
            kept=self._kept(target, needs, keys),
            classes=classes,
            late=late,
        )

    def _applied(self, target: Target, objects: Sequence[Object]) -> tuple[tuple[str, ...], Sequence[Object]]:
        """What the server refuses of the objects, and what it makes of them where it takes all."""
        way = ways.to(self.env, target.context)
        home = way and _at_home(objects, target)
        made = direct.applied(way, objects, target.namespace, "helm") if way and home else None
        if made:
            return (), made
        words = (*_APPLY, "--dry-run=server", "--output", "name", "--filename", "-")
        return self._refused(target, objects, words), ()

    def _admitted(self, target: Target, pods: Sequence[Object]) -> tuple[str, ...] | None:
        way = ways.to(self.env, target.context)
        if way and _at_home(pods, target) and direct.created(way, pods, target.namespace):
            return ()
        said = self._refused(target, pods, (*_CREATE, "--dry-run=server", "--output", "name"))
        return None if any("cannot create resource" in each for each in said) else said

    def _refused(self, target: Target, objects: Sequence[Object], words: Sequence[str]) -> tuple[str, ...]:
        return tuple(
            titled(each, place.namespace, target.namespace)
            for place, some in kubectl.by_namespace(target, objects)
            for each in self._refusals(place, kubectl.run(self.env, place, *words, stdin=_list(some)))
        )

    def _quotas(self, target: Target) -> tuple[Object, ...] | None:
        way = ways.to(self.env, target.context)
        kind = ("v1", "ResourceQuota", "resourcequotas")
        told = direct.listed(way, *kind, target.namespace) if way else None
        if told is not None:
            return tuple(told)
        return _items(target, kubectl.run(self.env, target, "get", "resourcequotas", "--output", "json"))

    def _live(self, target: Target, objects: Sequence[Object]) -> tuple[Object, ...]:
        workloads = [each for each in objects if each["kind"] in _WORKLOADS]
        if not workloads:
            return ()
        way = ways.to(self.env, target.context)
        told = direct.live(way, workloads, target.namespace) if way and _at_home(workloads, target) else None
        if told is not None:
            return tuple(told)
        words = ("get", "--filename", "-", "--ignore-not-found", "--output", "json")
        return tuple(
            each
            for place, some in kubectl.by_namespace(target, workloads)
            for each in _items(place, kubectl.run(self.env, place, *words, stdin=_list(some))) or ()
        )

    def _keys(self, target: Target, name: str) -> frozenset[str] | None:
        """The keys of a Secret, `ABSENT`, or None when it may not be read."""
        done = kubectl.run(self.env, target, "get", "secret", name, "--output", f"go-template={_KEYS}")
        if done.code:
            return ABSENT if "(NotFound)" in done.err else None
        return frozenset(done.out.split())

    def _kept(
        self, target: Target, needs: Needs, keys: Mapping[str, frozenset[str] | None]
    ) -> frozenset[str]:
        """The Secrets that something fills: one that owns them, or an ExternalSecret that names them.

        Asked only of those that lack something.
        """
        kept = set()
        for name in {
            each.secret for each in needs.keys if each.key and each.key not in (keys[each.secret] or ())
        }:
            if keys[name] is not None and keys[name] is not ABSENT:
                words = ("get", "secret", name, "--output", f"go-template={_OWNERS}")
                kept |= {name} if kubectl.run(self.env, target, *words).out.strip() else set()
        if ABSENT in keys.values():
            done = kubectl.run(self.env, target, "get", "externalsecrets", "--output", "json")
            for each in _items(target, done) or ():
                kept.add((each["spec"].get("target") or {}).get("name") or each["metadata"]["name"])
        return frozenset(kept)

    def _classes(self, target: Target) -> tuple[frozenset[str] | None, frozenset[str]]:
        """The storage classes, and those of them that wait for a pod; empty text for the default one."""
        found = _items(target, kubectl.run(self.env, target, "get", "storageclasses", "--output", "json"))
        if found is None:
            return None, frozenset()
        late = [each for each in found if each.get("volumeBindingMode") == "WaitForFirstConsumer"]
        return _named(found), _named(late)

    def _ingresses(self, target: Target) -> frozenset[str] | None:
        """The ingress classes; empty text for the default one."""
        found = _items(target, kubectl.run(self.env, target, "get", "ingressclasses", "--output", "json"))
        return None if found is None else _named(found, _SERVES)

    # --- images -----------------------------------------------------------------------------------

    def _pulled(self, target: Target, pull: Pull) -> str | None:
        """Why an image cannot be pulled; empty when it can, None when that cannot be told from here."""
        ref = _reference(pull.image)
        if ref.registry not in self.hosts:
            return None
        logins = [self._login(target, name, ref.registry) for name in pull.secrets]
        known = [each for each in logins if each]
        # Without a pull secret nodes log in by themselves: only that there is no such image can be told.
        tried: list[Credentials | None] = [*known] or [self.login(ref.registry)]
        for login in tried:
            try:
                return "" if self.exists(ref, login) else f"{ref.registry} has no such image"
            except PipelinekitError as error:
                code = error.faults[0].code
                if code != "registry-denied":
                    return None
        return f"{ref.registry} refuses pull secret {', '.join(pull.secrets)}" if known else None

    def _login(self, target: Target, secret: str, host: str) -> Credentials | None:
        words = ("get", "secret", secret, "--output", r"jsonpath={.data.\.dockerconfigjson}")
        done = kubectl.run(self.env, target, *words)
        try:
            auths = json.loads(base64.b64decode(done.out)).get("auths", {})
            entry = auths.get(host) or auths.get(f"https://{host}") or {}
            text = base64.b64decode(entry["auth"]).decode() if entry.get("auth") else ""
            user, _, password = text.partition(":")
            user, password = entry.get("username") or user, entry.get("password") or password
        except (ValueError, AttributeError, TypeError, RecursionError):
            return None
        return Credentials(user, password) if user and password else None

    def _refusals(self, target: Target, done: process.Completed) -> tuple[str, ...]:
        """What the server says against each thing, in its own words."""
        if not done.code:
            return ()
        said = [line for line in refusals.lines(done.err) if not line.startswith("Warning:")]
        own = [each for each in said if not answers.is_passed_on(each)]
        silent = any(_NO_ANSWER.search(each) or answers.is_unanswered(each) for each in own)
        if silent or not said:
            raise answers.cluster_failed(target.context, done.reason())
        return tuple(dict.fromkeys(_NOISE.sub("", each) for each in said))


ABSENT: frozenset[str] = frozenset(("\0",))
"""In place of the keys of a Secret that is not there; no key is called that."""


def _secrets(needs: Needs) -> set[str]:
    return {each.secret for each in needs.keys} | {name for each in needs.pulls for name in each.secrets}


def _at_home(objects: Sequence[Object], target: Target) -> bool:
    """Whether all belong to the target's namespace: of others kubectl takes none at the same time."""
    return all((each.get("metadata") or {}).get("namespace") in (None, target.namespace) for each in objects)


def _list(objects: Sequence[Object]) -> str:
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": [dict(each) for each in objects]})


def _items(target: Target, done: process.Completed) -> tuple[Object, ...] | None:
    """The objects of an answer, or None when there is none that can be trusted to be whole."""
    return None if done.code else tuple(answers.objects(target.context, done.out))


def _named(classes: Sequence[Object], mark: str = _DEFAULT) -> frozenset[str]:
    annotated = [(each["metadata"].get("annotations") or {}) for each in classes]
    default = {""} if any(each.get(mark) == "true" for each in annotated) else set()
    return frozenset({each["metadata"]["name"] for each in classes} | default)


def _reference(image: str) -> ImageRef:
    name, _, digest = image.partition("@")
    host, _, rest = name.partition("/")
    repository, _, tag = rest.partition(":")
    return ImageRef(host, repository, tag=tag, digest=digest)
