"""What a developer's namespace lacks of what an application needs, each with what provides it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from shlex import quote

from pipelinekit.errors import Fault
from pipelinekit.model.app import App
from pipelinekit.model.release import Target


def keys_of(app: App, environment: str) -> dict[str, list[str]]:
    """The keys that the application's processes read, by the name of the Kubernetes Secret."""
    found: dict[str, set[str]] = {}
    for process in app.processes_in(environment).values():
        for each in process.secrets.values():
            if each.kind == "secret":
                found.setdefault(each.path, set()).add(each.key)
    return {name: sorted(keys) for name, keys in sorted(found.items())}


def missing_secrets(
    app: App, target: Target, there: Collection[str] | None, kubectl: str = "kubectl"
) -> list[Fault]:
    """A fault for each Secret that no pod can start without; `there` None: it may not be asked."""
    if there is None:
        return []
    faults = []
    for name, keys in keys_of(app, target.environment.name).items():
        if name not in there:
            words = " ".join(f"--from-file={quote(each)}=FILE" for each in keys)
            command = f"{kubectl} create secret generic {quote(name)} {words}"
            problem = f"namespace {target.namespace} has no Secret {name} (keys: {', '.join(keys)})"
            faults.append(Fault("secret-lacking", problem, hint=command))
    return faults


def vault_notices(app: App, target: Target, mount: str) -> list[str]:
    """What cannot be asked of Vault: whether the application's role lets this namespace in."""
    processes = app.processes_in(target.environment.name).values()
    if not any(each.kind == "vault" for process in processes for each in process.secrets.values()):
        return []
    role = f"auth/{mount or 'kubernetes'}/role/{app.team}-{app.name}"
    command = f"bao write {role} bound_service_account_namespaces=…,{target.namespace}"
    return [f"secrets come from Vault, whose role has to let {target.namespace} in: {command}"]


def caller_notices(
    peers: Mapping[str, Mapping[str, str]], calls: Collection[str], namespace: str
) -> list[str]:
    """Callees in other namespaces, whose own rules name the namespaces that they accept."""
    return [
        f"{peer['name']} in {peer['namespace']} accepts its callers there and not from {namespace}: "
        f"`draft up` in {peer['name']}'s folder gives you one beside yours"
        for word, peer in peers.items()
        if word in calls and peer["namespace"] != namespace
    ]
