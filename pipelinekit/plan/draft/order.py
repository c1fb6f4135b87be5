"""Several applications of one repository: who comes up before whom."""

from __future__ import annotations

from collections.abc import Mapping

from pipelinekit.errors import Fault, UsageError
from pipelinekit.model.app import App
from pipelinekit.model.platform.document import Platform
from pipelinekit.model.release import Target
from pipelinekit.plan.release import peer_of
from pipelinekit.plan.rollout.order import Order


def named(apps: Mapping[str, App]) -> dict[str, str]:
    """The folder of each application, by a name that no other has: with its team where two teams have it.

    Raises `UsageError` for an application that stands in two folders: one would replace the other.
    """
    found: dict[tuple[str, str], list[str]] = {}
    for folder, app in apps.items():
        found.setdefault((app.team, app.name), []).append(folder)
    twice = {each: folders for each, folders in found.items() if len(folders) > 1}
    if twice:
        raise UsageError(
            *(
                Fault(
                    "application-twice",
                    f"{' and '.join(folders)} both have the application '{team}/{name}'",
                    hint="bring one of them up by its folder: `draft up DIR`",
                )
                for (team, name), folders in twice.items()
            )
        )
    bare = [name for _, name in found]
    return {
        name if bare.count(name) == 1 else f"{team}/{name}": folders[0]
        for (team, name), folders in found.items()
    }


def require_apart(targets: Mapping[str, Target]) -> None:
    """Raise `UsageError` for applications that would be one release: each would replace the other."""
    found: dict[tuple[str, str], list[str]] = {}
    for name, each in targets.items():
        found.setdefault((each.namespace, each.name), []).append(name)
    faults = [
        Fault(
            "release-twice",
            f"{' and '.join(names)} would both be the release '{release}' in {namespace}",
            hint="give one another `name` in its draft.toml; without `namespace` each team has its own",
        )
        for (namespace, release), names in found.items()
        if len(names) > 1
    ]
    if faults:
        raise UsageError(*faults)


def order_of(apps: Mapping[str, App], platform: Platform) -> Order:
    """Whom each of these has to wait for: those it calls that are among them, except in a circle.

    Copies may call each other: of a circle, whoever comes first in `apps` waits for nobody in it.
    """
    by_name = {(each.team, each.name): name for name, each in apps.items()}
    calls: dict[str, list[str]] = {}
    for name, app in apps.items():
        peers = (by_name.get(peer_of(word, app, platform)) for word in app.calls)
        calls[name] = [each for each in dict.fromkeys(peers) if each and each != name]
    found: dict[str, tuple[str, ...]] = {}
    while len(found) < len(calls):
        left = [each for each in calls if each not in found]
        free = [each for each in left if all(other in found for other in calls[each])] or left[:1]
        for name in free:
            found[name] = tuple(each for each in calls[name] if each in found)
    return found
