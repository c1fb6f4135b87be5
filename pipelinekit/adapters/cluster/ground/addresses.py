"""Where everything of a cluster is: its API servers, pods and Services, through kubectl."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor

from pipelinekit.adapters.cluster import answers
from pipelinekit.adapters.cluster.asking import ask
from pipelinekit.model.ground.inspection import Addresses, Object
from pipelinekit.model.release import Target

_KUBERNETES = "kubernetes.io/service-name=kubernetes"
_PODS = "{range .items[*]}{.spec.hostNetwork}={.status.podIPs[*].ip}{'\\n'}{end}"
_SERVICES = "{range .items[*]}{.spec.clusterIPs[*]}{'\\n'}{end}"
_RUNNING = "status.phase!=Succeeded,status.phase!=Failed"


def of(env: Mapping[str, str], target: Target) -> Addresses:
    """What the cluster says of them; nothing of it is changed."""
    with ThreadPoolExecutor() as pool:
        servers = pool.submit(
            _items, env, target, "endpointslices", "--namespace=default", "--selector", _KUBERNETES
        )
        pods = pool.submit(
            _text, env, target, "pods", "--all-namespaces", "--field-selector", _RUNNING, output=_PODS
        )
        services = pool.submit(_text, env, target, "services", "--all-namespaces", output=_SERVICES)
        ranges = pool.submit(_items, env, target, "servicecidrs.networking.k8s.io")
        spaces = pool.submit(_items, env, target, "namespaces")
    slices, lines, ips = servers.result(), pods.result(), services.result()
    cidrs, named = ranges.result(), spaces.result()
    return Addresses(
        api_servers=None if slices is None else tuple(sorted(_endpoints(slices))),
        pods=None if lines is None else tuple(sorted(_own(lines))),
        services=None if ips is None else tuple(sorted(set(ips.split()) - {"None"})),
        ranges=None
        if cidrs is None
        else tuple(text for each in cidrs for text in (each.get("spec") or {}).get("cidrs") or ()),
        namespaces=None
        if named is None
        else {each["metadata"]["name"]: each["metadata"].get("labels") or {} for each in named},
    )


def _endpoints(slices: tuple[Object, ...]) -> Iterator[str]:
    """Addresses with a port; names and endpoints of every port, which the API allows as well, are none."""
    for each in slices:
        if each.get("addressType") not in ("IPv4", "IPv6"):
            continue
        for endpoint in each.get("endpoints") or ():
            for address in endpoint["addresses"]:
                host = f"[{address}]" if ":" in address else address
                numbers = (port.get("port") for port in each.get("ports") or ())
                yield from (f"{host}:{number}" for number in numbers if number is not None)


def _own(lines: str) -> Iterator[str]:
    for line in lines.splitlines():
        on_node, _, ips = line.partition("=")
        if on_node != "true":
            yield from ips.split()


def _items(env: Mapping[str, str], target: Target, *words: str) -> tuple[Object, ...] | None:
    text = _got(env, target, *words, "--output", "json")
    return None if text is None else tuple(answers.items(target.context, text))


def _text(env: Mapping[str, str], target: Target, *words: str, output: str) -> str | None:
    # A list of all pods is large: what is not asked for is left to kubectl.
    return _got(env, target, *words, "--output", f"jsonpath={output}")


def _got(env: Mapping[str, str], target: Target, *words: str) -> str | None:
    context = ["--context", target.context] if target.context else []
    done = ask(["kubectl", "get", *words, *context, "--request-timeout", "20s"], target.context, env=env)
    return None if done.code else done.out
